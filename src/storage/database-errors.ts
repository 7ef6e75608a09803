/** Turns errors of the database driver into the refusals that clients can act on, in one place. */
import {
  MongoBulkWriteError,
  MongoError,
  MongoNetworkError,
  MongoOperationTimeoutError,
  MongoServerError,
  MongoServerSelectionError,
} from 'mongodb';
import { conflict, tookTooLong, tooLarge, unavailable } from '../fhir/error.ts';

const RETRY_AFTER_SECONDS = 2;
const DUPLICATE_KEY = 11000;
const TIME_LIMIT = 50;
const WRITE_CONFLICT = 112;
/** The server is shutting down, stepping down, starting, or lost its primary. */
const UNAVAILABLE_CODES = new Set([6, 7, 89, 91, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436]);
const TOO_LARGE_CODES = new Set([10334, 17419, 17420]);

export const isDuplicateKey = (error: unknown): boolean =>
  error instanceof MongoServerError && error.code === DUPLICATE_KEY;

/** A conflict between transactions that another attempt can get past. */
export const isTransient = (error: unknown): boolean =>
  error instanceof MongoError && error.hasErrorLabel('TransientTransactionError');

/** The same error as a FhirError where its cause is known; any other is passed on as it is. */
export function toFhirError(thrown: unknown): unknown {
  const error = causeOf(thrown);
  if (!(error instanceof MongoError)) return error;
  if (isUnavailable(error)) return unavailable('The database cannot be reached at the moment.', RETRY_AFTER_SECONDS);
  const { code } = error;
  if (code === TIME_LIMIT || error instanceof MongoOperationTimeoutError) {
    return tookTooLong('The database did not answer this request in time.', RETRY_AFTER_SECONDS);
  }
  if (isTransient(error) || isDuplicateKey(error) || code === WRITE_CONFLICT)
    return conflict('The write lost against concurrent ones; try again.');
  if (typeof code === 'number' && TOO_LARGE_CODES.has(code)) return tooLarge('The resource is too large to store.');
  return error;
}

/** What went wrong with a bulk write as a whole is wrapped into an error of the bulk write. */
function causeOf(error: unknown): unknown {
  const isWrapped = error instanceof MongoBulkWriteError && error.errorResponse instanceof MongoError;
  return isWrapped ? error.errorResponse : error;
}

/** Whether no server could be found in the time that the driver looks for one. */
export const isUnreachable = (error: unknown): boolean => causeOf(error) instanceof MongoServerSelectionError;

/**
 * How the driver names the loss of a server. The last one it throws on the second try of a write, when another request
 * has found the server gone in between and what it can do is no longer known.
 */
const LOST = /PoolCleared|NotConnected|TopologyClosed|ClientClosed|WaitQueueTimeout|UnexpectedServerResponse/;

function isUnavailable(error: MongoError): boolean {
  if (error instanceof MongoServerSelectionError || error instanceof MongoNetworkError) return true;
  if (LOST.test(error.name)) return true;
  return typeof error.code === 'number' && UNAVAILABLE_CODES.has(error.code);
}

/** The same port, with every error of its methods translated. */
export function translatingErrors<Port extends object>(port: Port): Port {
  const translated = Object.entries(port).map(([name, member]) => [
    name,
    typeof member === 'function' ? translating(member.bind(port)) : member,
  ]);
  return Object.fromEntries(translated) as Port;
}

function translating(method: (...args: unknown[]) => unknown): (...args: unknown[]) => unknown {
  return (...args) => {
    const result = method(...args);
    return result instanceof Promise ? result.catch((error) => Promise.reject(toFhirError(error))) : result;
  };
}
