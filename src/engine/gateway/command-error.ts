/** A failed command as MongoDB reports it: code, name, message and labels (MongoDB manual, "Error Codes"). */

export type ErrorLabel = 'TransientTransactionError' | 'RetryableWriteError' | 'UnknownTransactionCommitResult';

export interface ErrorCode {
  readonly code: number;
  readonly codeName: string;
}

export class CommandError extends Error {
  readonly code: number;
  readonly codeName: string;
  readonly labels: readonly ErrorLabel[];
  /** Further top-level fields of the reply, such as keyPattern. */
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(
    { code, codeName }: ErrorCode,
    message: string,
    { labels = [], fields = {} }: { labels?: readonly ErrorLabel[]; fields?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(message);
    this.name = 'CommandError';
    this.code = code;
    this.codeName = codeName;
    this.labels = labels;
    this.fields = fields;
  }
}

export const INTERNAL_ERROR: ErrorCode = { code: 1, codeName: 'InternalError' };
export const BAD_VALUE: ErrorCode = { code: 2, codeName: 'BadValue' };
export const FAILED_TO_PARSE: ErrorCode = { code: 9, codeName: 'FailedToParse' };
export const LOCK_TIMEOUT: ErrorCode = { code: 24, codeName: 'LockTimeout' };
export const NAMESPACE_NOT_FOUND: ErrorCode = { code: 26, codeName: 'NamespaceNotFound' };
export const CURSOR_NOT_FOUND: ErrorCode = { code: 43, codeName: 'CursorNotFound' };
export const MAX_TIME_EXPIRED: ErrorCode = { code: 50, codeName: 'MaxTimeMSExpired' };
export const COMMAND_NOT_FOUND: ErrorCode = { code: 59, codeName: 'CommandNotFound' };
export const INVALID_NAMESPACE: ErrorCode = { code: 73, codeName: 'InvalidNamespace' };
export const SHUTDOWN_IN_PROGRESS: ErrorCode = { code: 91, codeName: 'ShutdownInProgress' };
export const WRITE_CONFLICT: ErrorCode = { code: 112, codeName: 'WriteConflict' };
export const COMMAND_NOT_SUPPORTED: ErrorCode = { code: 115, codeName: 'CommandNotSupported' };
export const CONFLICTING_OPERATION: ErrorCode = { code: 117, codeName: 'ConflictingOperationInProgress' };
export const TRANSACTION_TOO_OLD: ErrorCode = { code: 225, codeName: 'TransactionTooOld' };
export const NO_SUCH_TRANSACTION: ErrorCode = { code: 251, codeName: 'NoSuchTransaction' };
export const EXCEEDED_TIME_LIMIT: ErrorCode = { code: 262, codeName: 'ExceededTimeLimit' };
export const NOT_IN_TRANSACTION: ErrorCode = { code: 263, codeName: 'OperationNotSupportedInTransaction' };
export const DUPLICATE_KEY: ErrorCode = { code: 11000, codeName: 'DuplicateKey' };

/** The transaction that a command names does not exist or has ended; the caller may run it again as a whole. */
export function noSuchTransaction(message: string): CommandError {
  return new CommandError(NO_SUCH_TRANSACTION, message, { labels: ['TransientTransactionError'] });
}
