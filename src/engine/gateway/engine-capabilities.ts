/** Finds out at start what this release of DocumentDB offers beyond its public functions. */
import type { PostgresConnection } from './postgres-connection.ts';

export interface EngineCapabilities {
  /** `at-once`: a build ends within its command. `background`: the engine's own workers build, the gateway waits. */
  readonly indexBuild: 'at-once' | 'background';
  /** Settings that every connection of the gateway needs. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Cursors with state live in files: otherwise each open one would keep a PostgreSQL connection. */
const FILE_CURSORS = 'documentdb.useFileBasedPersistedCursors';
/**
 * Pages of an unsorted find follow either the table or the primary key, as planned for each page. When new statistics
 * change the plan between two pages, the engine repeats documents; without this way there is only one order.
 */
const PRIMARY_KEY_PAGES = 'documentdb.enablePrimaryKeyCursorScan';

const AT_ONCE_FUNCTION = 'documentdb_api_internal.create_indexes_non_concurrently(text,documentdb_core.bson,boolean)';
const DELETE_CURSORS_FUNCTION = 'documentdb_api_internal.delete_cursors(bigint[])';
const EXTENSION_FUNCTION = 'documentdb_api.insert(text,documentdb_core.bson,documentdb_core.bsonsequence,text)';

async function hasFunction(connection: PostgresConnection, signature: string): Promise<boolean> {
  const [row] = await connection.simple(`SELECT to_regprocedure('${signature}')::text`);
  return Boolean(row?.[0]);
}

async function hasSetting(connection: PostgresConnection, name: string): Promise<boolean> {
  const [row] = await connection.simple(`SELECT current_setting('${name}', true)`);
  return Boolean(row?.[0]);
}

async function probeIndexBuild(connection: PostgresConnection): Promise<EngineCapabilities['indexBuild']> {
  if (await hasFunction(connection, AT_ONCE_FUNCTION)) return 'at-once';
  // The launcher may have unscheduled the workers, because they are idle work while builds happen at once.
  await connection.simple('SELECT documentdb_api_internal.schedule_background_index_build_jobs(true)');
  return 'background';
}

/**
 * Probes the engine behind the connection. Throws an Error that says what is missing when the gateway can't work with it.
 */
export async function probeCapabilities(connection: PostgresConnection): Promise<EngineCapabilities> {
  if (!(await hasFunction(connection, EXTENSION_FUNCTION))) {
    throw new Error(
      'the database has no DocumentDB extension that this gateway knows (documentdb_api.insert is missing)',
    );
  }
  // Settings of the extension are known once it is loaded, which the first call of one of its functions does.
  await connection.simple('SELECT documentdb_api.binary_version()');
  if (!(await hasSetting(connection, FILE_CURSORS)) || !(await hasFunction(connection, DELETE_CURSORS_FUNCTION))) {
    throw new Error(`this DocumentDB release has no file-based cursors (${FILE_CURSORS}, delete_cursors)`);
  }
  const pages = (await hasSetting(connection, PRIMARY_KEY_PAGES)) ? { [PRIMARY_KEY_PAGES]: 'off' } : {};
  return { indexBuild: await probeIndexBuild(connection), settings: { [FILE_CURSORS]: 'on', ...pages } };
}
