/** Finds out at start what this release of DocumentDB offers beyond its public functions. */
import type { PostgresConnection } from './postgres-connection.ts';

export interface EngineCapabilities {
  /** `at-once`: a build ends within its command. `background`: the engine's own workers build, the gateway waits. */
  readonly indexBuild: 'at-once' | 'background';
}

/** Cursors with state live in files: otherwise each open one would keep a PostgreSQL connection. */
export const FILE_CURSORS_SETTING = 'documentdb.useFileBasedPersistedCursors';

const AT_ONCE_FUNCTION = 'documentdb_api_internal.create_indexes_non_concurrently(text,documentdb_core.bson,boolean)';
const DELETE_CURSORS_FUNCTION = 'documentdb_api_internal.delete_cursors(bigint[])';
const EXTENSION_FUNCTION = 'documentdb_api.insert(text,documentdb_core.bson,documentdb_core.bsonsequence,text)';

async function hasFunction(connection: PostgresConnection, signature: string): Promise<boolean> {
  const [row] = await connection.simple(`SELECT to_regprocedure('${signature}')::text`);
  return Boolean(row?.[0]);
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
  const [setting] = await connection.simple(`SELECT current_setting('${FILE_CURSORS_SETTING}', true)`);
  if (!setting?.[0] || !(await hasFunction(connection, DELETE_CURSORS_FUNCTION))) {
    throw new Error(`this DocumentDB release has no file-based cursors (${FILE_CURSORS_SETTING}, delete_cursors)`);
  }
  if (await hasFunction(connection, AT_ONCE_FUNCTION)) return { indexBuild: 'at-once' };
  // The launcher may have unscheduled the workers, because they are idle work while builds happen at once.
  await connection.simple('SELECT documentdb_api_internal.schedule_background_index_build_jobs(true)');
  return { indexBuild: 'background' };
}
