/** The functions of DocumentDB that the commands call, as prepared statements (DocumentDB 1.0, schema documentdb_api). */
import { type Statement, TYPE_OID } from './postgres-messages.ts';

const { bytea, int8, text, float8 } = TYPE_OID;

function statement(sql: string, ...parameterTypes: readonly number[]): Statement {
  return { sql, parameterTypes };
}

/** database, body, document sequence, transaction id → result, success */
function write(name: string): Statement {
  return statement(`SELECT p_result, p_success FROM documentdb_api.${name}($1,$2,$3,$4)`, text, bytea, bytea, text);
}

/** database, body → first page, continuation, cursor id */
function firstPage(name: string): Statement {
  const columns = 'cursorpage, continuation, cursorid';
  return statement(`SELECT ${columns} FROM documentdb_api.${name}_cursor_first_page($1,$2)`, text, bytea);
}

export const INSERT = write('insert');
export const UPDATE = write('update');
export const DELETE = write('delete');
export const FIND_AND_MODIFY = statement(
  'SELECT p_result, p_success FROM documentdb_api.find_and_modify($1,$2,$3)',
  text,
  bytea,
  text,
);

export const FIND = firstPage('find');
export const AGGREGATE = firstPage('aggregate');
export const LIST_COLLECTIONS = firstPage('list_collections');
export const LIST_INDEXES = firstPage('list_indexes');
export const GET_MORE = statement(
  'SELECT cursorpage, continuation FROM documentdb_api.cursor_get_more($1,$2,$3)',
  text,
  bytea,
  bytea,
);
export const DELETE_CURSOR = statement('SELECT documentdb_api_internal.delete_cursors(ARRAY[$1])', int8);

export const COUNT = statement('SELECT document FROM documentdb_api.count_query($1,$2)', text, bytea);
export const DISTINCT = statement('SELECT document FROM documentdb_api.distinct_query($1,$2)', text, bytea);

export const CREATE = statement('SELECT documentdb_api.create_collection_view($1,$2)', text, bytea);
export const DROP = statement('SELECT documentdb_api.drop_collection($1,$2)', text, text);
export const DROP_DATABASE = statement('SELECT documentdb_api.drop_database($1)', text);
export const RENAME_COLLECTION = statement('SELECT documentdb_api.rename_collection($1)', bytea);
export const COLL_MOD = statement('SELECT documentdb_api.coll_mod($1,$2,$3)', text, text, bytea);
export const COLL_STATS = statement('SELECT documentdb_api.coll_stats($1,$2,$3)', text, text, float8);
export const DB_STATS = statement('SELECT documentdb_api.db_stats($1,$2,false)', text, float8);
export const LIST_DATABASES = statement('SELECT documentdb_api.list_databases($1)', bytea);
export const VALIDATE = statement('SELECT documentdb_api.validate($1,$2)', text, bytea);
export const COMPACT = statement('SELECT documentdb_api.compact($1)', bytea);
export const CURRENT_OP = statement('SELECT documentdb_api.current_op_command($1)', bytea);
export const BULK_WRITE = statement('CALL documentdb_api.bulkwrite($1,$2,$3,null,null)', bytea, bytea, bytea);

export const CREATE_INDEXES_NOW = statement(
  'SELECT documentdb_api_internal.create_indexes_non_concurrently($1,$2,true)',
  text,
  bytea,
);
/** → reply, success, requests to ask the status of */
export const CREATE_INDEXES_IN_BACKGROUND = statement(
  'SELECT retval, ok, requests FROM documentdb_api.create_indexes_background($1,$2)',
  text,
  bytea,
);
/** → reply, success, complete */
export const INDEX_BUILD_STATUS = statement(
  'SELECT retval, ok, complete FROM documentdb_api_internal.check_build_index_status($1)',
  bytea,
);
export const DROP_INDEXES = statement('CALL documentdb_api.drop_indexes($1,$2,null)', text, bytea);

export const CURRENT_TRANSACTION_ID = statement('SELECT pg_current_xact_id_if_assigned()::text');
export const TRANSACTION_STATUS = statement('SELECT pg_xact_status($1::xid8)', text);

/** PostgreSQL's binary form of a boolean result. */
export function isTrue(value: Buffer | null | undefined): boolean {
  return value?.[0] === 1;
}

/** A float8 parameter. */
export function encodeFloat8(number: number): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeDoubleBE(number, 0);
  return bytes;
}

/** An int8 parameter. */
export function encodeInt8(number: bigint): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigInt64BE(number, 0);
  return bytes;
}
