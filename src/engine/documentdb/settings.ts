/** The settings of the embedded PostgreSQL with DocumentDB (PostgreSQL 18, chapter 19); why each is as it is: docs/engine.md. */
import { availableMemory } from '../available-memory.ts';

export type Settings = Readonly<Record<string, string>>;

const MEGABYTE = 1024 * 1024;

function megabytes(share: number, least: number, most: number): string {
  return `${Math.max(least, Math.min(most, Math.floor((availableMemory() * share) / MEGABYTE)))}MB`;
}

/** Reached by unix socket only, never by a TCP port. */
const CONNECTIONS: Settings = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  max_connections: '60',
  superuser_reserved_connections: '3',
  deadlock_timeout: '100ms',
  idle_in_transaction_session_timeout: '90s',
};

const EXTENSIONS: Settings = {
  shared_preload_libraries: 'pg_cron,pg_documentdb_core,pg_documentdb,pg_documentdb_extended_rum',
  // Without background workers pg_cron would store a host and port, and need TCP.
  'cron.database_name': 'postgres',
  'cron.use_background_workers': 'on',
  'cron.log_run': 'off',
  'cron.log_statement': 'off',
  // Indexes that can serve a sort: a page of the newest is 200 times faster with them.
  'documentdb.alternate_index_handler_name': 'extended_rum',
  // Real selectivities: a selective equality is then preferred to an index that merely has the order.
  'documentdb.enablePlannerStatisticsNewCollections': 'on',
  // Two arrays in one compound index are refused, as MongoDB refuses them (error 171).
  'documentdb.enableFailureOnParallelIndexArrays': 'on',
  // An open cursor holds a file instead of a connection.
  'documentdb.useFileBasedPersistedCursors': 'on',
  'documentdb.defaultCursorExpiryTimeLimitSeconds': '1800',
  'documentdb.enableBackgroundWorkerJobs': 'off',
  'documentdb.maxIndexesPerCollection': '64',
};

function memory(): Settings {
  return {
    shared_buffers: megabytes(1 / 8, 64, 1024),
    effective_cache_size: megabytes(1 / 2, 256, 4096),
    work_mem: '32MB',
    maintenance_work_mem: megabytes(1 / 16, 64, 256),
    dynamic_shared_memory_type: 'mmap',
    default_toast_compression: 'lz4',
    jit: 'off',
    max_parallel_workers_per_gather: '0',
    max_parallel_maintenance_workers: '1',
    max_worker_processes: '12',
  };
}

const WRITING: Settings = {
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_replication_slots: '0',
  wal_compression: 'lz4',
  wal_buffers: '32MB',
  max_wal_size: '4GB',
  checkpoint_timeout: '15min',
  checkpoint_completion_target: '0.9',
  // After a crash one call for the file system instead of one for each of 1,500 files: seconds on a busy disk.
  recovery_init_sync_method: 'syncfs',
};

const PLANNING: Settings = {
  random_page_cost: '1.1',
  autovacuum_naptime: '10s',
  autovacuum_analyze_scale_factor: '0.05',
  autovacuum_vacuum_scale_factor: '0.1',
  autovacuum_vacuum_cost_limit: '1000',
};

const LOGGING: Settings = {
  log_min_messages: 'fatal',
  log_min_error_statement: 'panic',
  log_checkpoints: 'off',
  log_autovacuum_min_duration: '-1',
  log_timezone: 'GMT',
  timezone: 'GMT',
};

/** A test's data may be lost with the machine. */
const NOT_DURABLE: Settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

export function engineSettings(options: { readonly durable: boolean }): Settings {
  const settings = { ...CONNECTIONS, ...EXTENSIONS, ...memory(), ...WRITING, ...PLANNING, ...LOGGING };
  return options.durable ? settings : { ...settings, ...NOT_DURABLE };
}

function quote(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** The settings as a PostgreSQL configuration file. */
export function formatSettings(settings: Settings): string {
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${quote(value)}`);
  return ['# Written by Jenner at every start: changes belong into postgresql.auto.conf.', ...lines, ''].join('\n');
}

/** A query for the names in `settings` that this PostgreSQL does not know; it drops unknown ones without a word. */
export function unknownSettingsQuery(settings: Settings): string {
  const names = Object.keys(settings).map(quote).join(',');
  return `select n from unnest(array[${names}]) as n where lower(n) not in (select lower(name) from pg_settings)`;
}
