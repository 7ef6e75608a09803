/** Finds the names that clients gave to indexes, which PostgreSQL knows by numbered names only. */
import { executeAlone } from './engine-state.ts';
import { type Statement, TYPE_OID } from './postgres-messages.ts';
import type { PostgresPool } from './postgres-pool.ts';

const NAMES_BY_ID: Statement = {
  sql: `SELECT index_id::text, (index_spec).index_name::text FROM documentdb_api_catalog.collection_indexes
    WHERE index_id = ANY($1::text::int[])`,
  parameterTypes: [TYPE_OID.text],
};

/** The engine's id of an index from its PostgreSQL name; undefined for the primary key. */
export function indexIdOf(postgresName: string): string | undefined {
  return /^documents_rum_index_(\d+)$/.exec(postgresName)?.[1];
}

export function isIdIndex(postgresName: string): boolean {
  return postgresName.startsWith('collection_pk');
}

/** Index names by engine id. */
export async function readIndexNames(pool: PostgresPool, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await executeAlone(pool, NAMES_BY_ID, [Buffer.from(`{${ids.join(',')}}`)]);
  return new Map(rows.map(([id, name]) => [String(id), String(name)]));
}
