/** Runs ANALYZE after index builds: a new index has no statistics, and autovacuum waits for 5 % of the rows to change. */
import { executeAlone } from './engine-state.ts';
import { type Statement, TYPE_OID } from './postgres-messages.ts';
import type { PostgresPool } from './postgres-pool.ts';

export interface IndexStatistics {
  /** Analyzes the collection a moment later, once for several builds in a row. Never rejects. */
  refreshSoon(databaseBytes: Buffer, collection: string): void;
  close(): void;
}

const DELAY_MS = 1000;

const FILLED_TABLE: Statement = {
  sql: `SELECT 'documentdb_data.documents_' || collection_id FROM documentdb_api_catalog.collections
    WHERE database_name = $1 AND collection_name = $2 AND view_definition IS NULL
      AND pg_relation_size(('documentdb_data.documents_' || collection_id)::regclass) > 0`,
  parameterTypes: [TYPE_OID.text, TYPE_OID.text],
};

async function analyze(pool: PostgresPool, databaseBytes: Buffer, collection: string): Promise<void> {
  const [row] = await executeAlone(pool, FILLED_TABLE, [databaseBytes, Buffer.from(collection)]);
  const table = row?.[0]?.toString();
  if (table === undefined) return;
  await executeAlone(pool, { sql: `ANALYZE ${table}`, parameterTypes: [] }, []);
}

export function createIndexStatistics(pool: PostgresPool): IndexStatistics {
  const timers = new Map<string, NodeJS.Timeout>();
  return {
    refreshSoon(databaseBytes, collection) {
      const key = `${databaseBytes.toString()}.${collection}`;
      const database = Buffer.from(databaseBytes);
      clearTimeout(timers.get(key));
      const timer = setTimeout(() => {
        timers.delete(key);
        // A collection dropped meanwhile is no concern; statistics only make plans better.
        analyze(pool, database, collection).catch(() => undefined);
      }, DELAY_MS);
      timers.set(key, timer.unref());
    },
    close() {
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
    },
  };
}
