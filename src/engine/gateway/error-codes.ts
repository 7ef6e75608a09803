/** Translates SQLSTATEs of PostgreSQL and DocumentDB into MongoDB's error codes (docs/gateway.md, "Errors"). */
import {
  BAD_VALUE,
  COMMAND_NOT_SUPPORTED,
  CommandError,
  DUPLICATE_KEY,
  type ErrorCode,
  EXCEEDED_TIME_LIMIT,
  INTERNAL_ERROR,
  LOCK_TIMEOUT,
  MAX_TIME_EXPIRED,
  NAMESPACE_NOT_FOUND,
  NO_SUCH_TRANSACTION,
  SHUTDOWN_IN_PROGRESS,
  WRITE_CONFLICT,
} from './command-error.ts';
import { PostgresConnectionLost, PostgresError, PostgresPoolExhausted } from './postgres-error.ts';

/** What the translation depends on besides the error itself. */
export interface ErrorSetting {
  readonly inTransaction: boolean;
  /** The command is a write that carries a txnNumber, so that a driver may send it again. */
  readonly retryableWrite: boolean;
}

/** DocumentDB's own errors: "M" and an ordinal in base 36, append-only between its releases. Those a server can meet. */
const ENGINE_CODES: Readonly<Record<string, readonly [number, string]>> = {
  M0000: [1, 'InternalError'],
  M0001: [2, 'BadValue'],
  M0002: [5, 'GraphContainsCycle'],
  M0003: [9, 'FailedToParse'],
  M0004: [14, 'TypeMismatch'],
  M0005: [15, 'Overflow'],
  M0006: [20, 'IllegalOperation'],
  M0008: [26, 'NamespaceNotFound'],
  M0009: [27, 'IndexNotFound'],
  M000A: [28, 'PathNotViable'],
  M000C: [34, 'CannotBackfillArray'],
  M000D: [40, 'ConflictingUpdateOperators'],
  M000E: [43, 'CursorNotFound'],
  M000F: [48, 'NamespaceExists'],
  M000G: [52, 'DollarPrefixedFieldName'],
  M000H: [53, 'InvalidIdField'],
  M000I: [54, 'NotSingleValueField'],
  M000J: [56, 'EmptyFieldName'],
  M000K: [57, 'DottedFieldName'],
  M000M: [66, 'ImmutableField'],
  M000N: [67, 'CannotCreateIndex'],
  M000O: [68, 'IndexAlreadyExists'],
  M000P: [72, 'InvalidOptions'],
  M000Q: [73, 'InvalidNamespace'],
  M000R: [85, 'IndexOptionsConflict'],
  M000S: [86, 'IndexKeySpecsConflict'],
  M000T: [111, 'NotExactValueField'],
  M000U: [115, 'CommandNotSupported'],
  M000W: [146, 'ExceededMemoryLimit'],
  M000Y: [165, 'ViewDepthLimitExceeded'],
  M000Z: [166, 'CommandNotSupportedOnView'],
  M0011: [181, 'AmbiguousIndexKeyPattern'],
  M0012: [197, 'InvalidIndexSpecificationOption'],
  M0013: [224, 'QueryFeatureNotAllowed'],
  M0015: [241, 'ConversionFailure'],
  M0016: [263, 'OperationNotSupportedInTransaction'],
  M0017: [276, 'IndexBuildAborted'],
  M0018: [291, 'NoQueryExecutionPlans'],
  M001B: [10334, 'BSONObjectTooLarge'],
  M001C: [11000, 'DuplicateKey'],
  M001D: [12587, 'BackgroundOperationInProgressForNamespace'],
  M003A: [17419, 'Location17419'],
  M003B: [17420, 'Location17420'],
  M007U: [40324, 'Location40324'],
  M0087: [40414, 'IDLFailedToParse'],
  M0088: [40415, 'IDLUnknownField'],
  M009H: [51091, 'Location51091'],
  M00CO: [121, 'DocumentValidationFailure'],
  M00DO: [16, 'InvalidLength'],
  M00EL: [143, 'CursorInUse'],
  M00EW: [24, 'LockTimeout'],
  M00EX: [50, 'MaxTimeMSExpired'],
  M00F0: [91, 'ShutdownInProgress'],
  M00F1: [112, 'WriteConflict'],
  M00F2: [117, 'ConflictingOperationInProgress'],
  M00F4: [201, 'CannotBuildIndexKeys'],
  M00F5: [225, 'TransactionTooOld'],
  M00F6: [251, 'NoSuchTransaction'],
  M00F7: [256, 'TransactionCommitted'],
  M00FD: [171, 'CannotIndexParallelArrays'],
};

const STATE_CODES: Readonly<Record<string, ErrorCode>> = {
  '08003': SHUTDOWN_IN_PROGRESS,
  '08006': SHUTDOWN_IN_PROGRESS,
  '0A000': COMMAND_NOT_SUPPORTED,
  '22016': BAD_VALUE,
  '22023': BAD_VALUE,
  '22P02': BAD_VALUE,
  '23505': DUPLICATE_KEY,
  '23P01': DUPLICATE_KEY,
  '25P02': NO_SUCH_TRANSACTION,
  '25P03': NO_SUCH_TRANSACTION,
  '25P04': NO_SUCH_TRANSACTION,
  '40001': WRITE_CONFLICT,
  '40P01': WRITE_CONFLICT,
  '42P01': NAMESPACE_NOT_FOUND,
  '53100': { code: 14031, codeName: 'OutOfDiskSpace' },
  '53300': SHUTDOWN_IN_PROGRESS,
  '55P03': LOCK_TIMEOUT,
  '57014': MAX_TIME_EXPIRED,
  '57P01': SHUTDOWN_IN_PROGRESS,
  '57P02': SHUTDOWN_IN_PROGRESS,
  '57P03': SHUTDOWN_IN_PROGRESS,
};

/** Errors after which a whole transaction may be tried again. */
const TRANSIENT: ReadonlySet<number> = new Set([
  WRITE_CONFLICT.code,
  LOCK_TIMEOUT.code,
  SHUTDOWN_IN_PROGRESS.code,
  EXCEEDED_TIME_LIMIT.code,
  NO_SUCH_TRANSACTION.code,
]);
/** Errors of a write that certainly had no effect and may succeed when it is sent again. */
const RETRYABLE: ReadonlySet<number> = new Set([SHUTDOWN_IN_PROGRESS.code, EXCEEDED_TIME_LIMIT.code]);

const UNNAMED_CODE_BASE = 8_000_000;

function engineCode(state: string): ErrorCode {
  const named = ENGINE_CODES[state];
  if (named) return { code: named[0], codeName: named[1] };
  const code = UNNAMED_CODE_BASE + Number.parseInt(state.slice(1), 36);
  return { code, codeName: `Location${code}` };
}

function codeOf(state: string, message: string): ErrorCode {
  if (state.startsWith('M')) return engineCode(state);
  if (state === '54000' && message.includes('index row size')) return { code: 17280, codeName: 'KeyTooLong' };
  return STATE_CODES[state] ?? INTERNAL_ERROR;
}

function messageOf(state: string, code: ErrorCode, message: string): string {
  switch (code) {
    case WRITE_CONFLICT:
      return `Write conflict: ${message}`;
    case MAX_TIME_EXPIRED:
      return 'operation exceeded time limit';
    case INTERNAL_ERROR:
      return `${message} (SQLSTATE ${state})`;
    default:
      return message;
  }
}

function withLabels(code: ErrorCode, message: string, setting: ErrorSetting): CommandError {
  if (setting.inTransaction && TRANSIENT.has(code.code)) {
    return new CommandError(code, message, { labels: ['TransientTransactionError'] });
  }
  const retryable = setting.retryableWrite && RETRYABLE.has(code.code);
  return new CommandError(code, message, retryable ? { labels: ['RetryableWriteError'] } : {});
}

/** The command error that a SQLSTATE stands for. */
export function fromSqlState(state: string, message: string, setting: ErrorSetting): CommandError {
  const code = codeOf(state, message);
  // A lock that a transaction could not get is MongoDB's write conflict; alone it is a lock time-out.
  const seen = code === LOCK_TIMEOUT && setting.inTransaction ? WRITE_CONFLICT : code;
  return withLabels(seen, messageOf(state, seen, message), setting);
}

/** DocumentDB writes a SQLSTATE inside a reply as PostgreSQL's packed integer: five characters of six bits. */
export function unpackSqlState(packed: number): string {
  const characters = [0, 6, 12, 18, 24].map((shift) => String.fromCharCode(((packed >> shift) & 0x3f) + 0x30));
  return characters.join('');
}

/**
 * A write whose connection was lost after it was sent may have happened, so it carries no RetryableWriteError: a driver
 * that sent it again could apply it twice.
 */
function fromLostConnection(error: PostgresConnectionLost, setting: ErrorSetting): CommandError {
  const retryableWrite = setting.retryableWrite && !error.sent;
  return withLabels(SHUTDOWN_IN_PROGRESS, error.message, { ...setting, retryableWrite });
}

/** Whatever was thrown while a command ran, as the error its client sees. */
export function toCommandError(error: unknown, setting: ErrorSetting): CommandError {
  if (error instanceof CommandError) return error;
  if (error instanceof PostgresError) return fromSqlState(error.sqlState, error.message, setting);
  if (error instanceof PostgresConnectionLost) return fromLostConnection(error, setting);
  if (error instanceof PostgresPoolExhausted) {
    return withLabels(setting.inTransaction ? LOCK_TIMEOUT : EXCEEDED_TIME_LIMIT, error.message, setting);
  }
  if (error instanceof RangeError) return new CommandError(BAD_VALUE, `damaged BSON: ${error.message}`);
  return new CommandError(INTERNAL_ERROR, error instanceof Error ? error.message : String(error));
}
