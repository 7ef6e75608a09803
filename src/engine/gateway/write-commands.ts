/** insert, update, delete and findAndModify, and the errors inside their replies (MongoDB write commands). */
import { argumentOf } from './command.ts';
import { DUPLICATE_KEY } from './command-error.ts';
import { duplicateKeyError, indexInMessage, nameDuplicateKey } from './duplicate-key.ts';
import { type CommandContext, execute } from './engine-state.ts';
import { fromSqlState, unpackSqlState } from './error-codes.ts';
import type { Row, Statement } from './postgres-messages.ts';
import { documentsOfArray, readBoolean, readDocument, splitDocuments, withoutElements } from './raw-bson.ts';
import { abortSessionTransaction } from './sessions.ts';
import { FIND_AND_MODIFY, isTrue } from './statements.ts';
import { CONFLICT_ATTEMPTS, isConflictState, pauseAfterConflict, repeatOnConflict } from './write-conflicts.ts';
import {
  decodeOutcome,
  encodeOutcome,
  joinOutcomes,
  moveOutcome,
  type WriteError,
  type WriteOutcome,
} from './write-outcome.ts';

/** A write command with its engine function and the name of its document sequence. */
interface Batch {
  readonly context: CommandContext;
  readonly statement: Statement;
  readonly sequence: string;
}

/** What is sent of a batch: the body and the statements apart from it, if they are. */
interface BatchPart {
  readonly body: Buffer;
  readonly documents: Buffer | null;
}

interface WriteReply {
  readonly reply: Buffer;
  /** False when the reply reports errors. */
  readonly success: boolean;
}

async function runWrite(context: CommandContext, statement: Statement, values: Row): Promise<WriteReply> {
  const run = () => execute(context, statement, values);
  const [row] = context.transaction ? await run() : await repeatOnConflict(run);
  if (!row?.[0]) throw new Error('the engine gave no answer to a write');
  return { reply: row[0], success: isTrue(row[1]) };
}

function runPart({ context, statement }: Batch, { body, documents }: BatchPart): Promise<WriteReply> {
  return runWrite(context, statement, [context.command.databaseBytes, body, documents, null]);
}

/** The statements of a batch, whether they came in the body or as a document sequence. */
function statementsOf({ context, sequence }: Batch): readonly Buffer[] {
  const { command } = context;
  const documents = command.sequences.get(sequence);
  if (documents) return splitDocuments(documents);
  const array = readDocument(command.body, argumentOf(command, sequence));
  return array ? documentsOfArray(array) : [];
}

function isConflict({ code }: WriteError): boolean {
  return isConflictState(unpackSqlState(code));
}

function isOrdered({ context }: Batch): boolean {
  const { command } = context;
  return readBoolean(command.body, argumentOf(command, 'ordered')) !== false;
}

/** Positions of the statements that still have to run: an ordered batch stopped at its conflict. */
function positionsLeft(batch: Batch, outcome: WriteOutcome, count: number): readonly number[] {
  const conflicts = outcome.writeErrors.filter(isConflict).map(({ index }) => index);
  const [first] = conflicts;
  if (!isOrdered(batch) || first === undefined) return conflicts;
  return Array.from({ length: count - first }, (_, offset) => first + offset);
}

/** Runs one statement of a batch by itself, again while it conflicts. */
async function runSingle(batch: Batch, part: BatchPart, position: number): Promise<WriteOutcome> {
  for (let attempt = 0; ; attempt++) {
    const outcome = decodeOutcome((await runPart(batch, part)).reply);
    if (!outcome.writeErrors.some(isConflict) || attempt >= CONFLICT_ATTEMPTS) return moveOutcome(outcome, position);
    await pauseAfterConflict(attempt);
  }
}

/**
 * Runs what lost against concurrent writes; the statements before and beside it have taken effect. One by one, because
 * a batch keeps the locks of all its statements, so that two batches would only meet again.
 */
async function completeConflicts(batch: Batch, first: WriteOutcome): Promise<WriteOutcome> {
  const statements = statementsOf(batch);
  const body = withoutElements(batch.context.command.body, new Set([batch.sequence]));
  let outcome: WriteOutcome = { ...first, writeErrors: first.writeErrors.filter((error) => !isConflict(error)) };
  for (const position of positionsLeft(batch, first, statements.length)) {
    const single = await runSingle(batch, { body, documents: statements[position] ?? null }, position);
    outcome = joinOutcomes(outcome, single);
    if (isOrdered(batch) && single.writeErrors.length > 0) break;
  }
  return outcome;
}

async function translateWriteError(batch: Batch, { index, code, errmsg }: WriteError): Promise<object> {
  const { context } = batch;
  const setting = { inTransaction: context.transaction !== undefined, retryableWrite: false };
  const error = fromSqlState(unpackSqlState(code), errmsg, setting);
  if (error.labels.includes('TransientTransactionError')) throw error;
  if (error.code !== DUPLICATE_KEY.code) return { index, code: error.code, errmsg: error.message };
  const refused = { index: indexInMessage(errmsg), statement: statementsOf(batch)[index] };
  const { message, fields } = await duplicateKeyError(context, refused);
  return { index, code: error.code, ...fields, errmsg: message };
}

async function abortOwnTransaction({ command, engine }: CommandContext): Promise<void> {
  const session = engine.sessions.get(command.sessionId ?? '');
  if (session) await abortSessionTransaction(engine, session);
}

async function answerErrors(batch: Batch, reply: Buffer): Promise<Buffer> {
  const first = decodeOutcome(reply);
  if (first.writeErrors.length === 0) return reply;
  const { transaction } = batch.context;
  const outcome = transaction ? first : await completeConflicts(batch, first);
  const translated: object[] = [];
  for (const error of outcome.writeErrors) translated.push(await translateWriteError(batch, error));
  if (transaction) await abortOwnTransaction(batch.context);
  return encodeOutcome(outcome, translated);
}

/** The handler of a batch of writes; its statements come in the body or in the named document sequence. */
export function writeBatch(statement: Statement, sequence: string): (context: CommandContext) => Promise<Buffer> {
  return async (context) => {
    const batch: Batch = { context, statement, sequence };
    const { body, sequences } = context.command;
    try {
      const { reply, success } = await runPart(batch, { body, documents: sequences.get(sequence) ?? null });
      return success ? reply : await answerErrors(batch, reply);
    } catch (error) {
      const statements = statementsOf(batch);
      throw await nameDuplicateKey(context, error, statements.length === 1 ? statements[0] : undefined);
    }
  };
}

export async function findAndModify(context: CommandContext): Promise<Buffer> {
  const { databaseBytes, body } = context.command;
  try {
    const { reply } = await runWrite(context, FIND_AND_MODIFY, [databaseBytes, body, null]);
    return reply;
  } catch (error) {
    throw await nameDuplicateKey(context, error, body);
  }
}
