/** insert, update, delete and findAndModify, and the errors inside their replies (MongoDB write commands). */
import { decodeDocument, encodeDocument } from './command.ts';
import { CommandError, DUPLICATE_KEY } from './command-error.ts';
import { describeDuplicateKey } from './duplicate-key.ts';
import { type CommandContext, execute } from './engine-state.ts';
import { fromSqlState, toCommandError, unpackSqlState } from './error-codes.ts';
import type { Statement } from './postgres-messages.ts';
import { abortSessionTransaction } from './sessions.ts';
import { FIND_AND_MODIFY, isTrue } from './statements.ts';

interface WriteError {
  readonly index: number;
  readonly code: number;
  readonly errmsg: string;
}

async function translateWriteError(context: CommandContext, { index, code, errmsg }: WriteError): Promise<object> {
  const setting = { inTransaction: context.transaction !== undefined, retryableWrite: false };
  const error = fromSqlState(unpackSqlState(code), errmsg, setting);
  if (error.labels.includes('TransientTransactionError')) throw error;
  if (error.code !== DUPLICATE_KEY.code) return { index, code: error.code, errmsg: error.message };
  const { message, fields } = await describeDuplicateKey(context, index, errmsg);
  return { index, code: error.code, ...fields, errmsg: message };
}

async function abortOwnTransaction({ command, engine }: CommandContext): Promise<void> {
  const session = engine.sessions.get(command.sessionId ?? '');
  if (session) await abortSessionTransaction(engine, session);
}

async function translateReply(context: CommandContext, reply: Buffer): Promise<Buffer> {
  const decoded = decodeDocument(reply, { exact: true });
  const { writeErrors } = decodeDocument(reply) as { readonly writeErrors?: readonly WriteError[] };
  if (!writeErrors) return reply;
  const translated: object[] = [];
  for (const writeError of writeErrors) translated.push(await translateWriteError(context, writeError));
  if (context.transaction) await abortOwnTransaction(context);
  return encodeDocument({ ...decoded, writeErrors: translated });
}

/** The handler of a batch of writes; its statements come in the body or in the named document sequence. */
export function writeBatch(statement: Statement, sequence: string): (context: CommandContext) => Promise<Buffer> {
  return async (context) => {
    const { databaseBytes, body, sequences } = context.command;
    const [row] = await execute(context, statement, [databaseBytes, body, sequences.get(sequence) ?? null, null]);
    if (!row?.[0]) throw new Error('the engine gave no answer to a write');
    return isTrue(row[1]) ? row[0] : translateReply(context, row[0]);
  };
}

export async function findAndModify(context: CommandContext): Promise<Buffer> {
  const { databaseBytes, body } = context.command;
  try {
    const [row] = await execute(context, FIND_AND_MODIFY, [databaseBytes, body, null]);
    if (!row?.[0]) throw new Error('the engine gave no answer to findAndModify');
    return row[0];
  } catch (error) {
    const setting = { inTransaction: context.transaction !== undefined, retryableWrite: true };
    const failure = toCommandError(error, setting);
    if (failure.code !== DUPLICATE_KEY.code) throw failure;
    const { message, fields } = await describeDuplicateKey(context, 0, failure.message);
    throw new CommandError(DUPLICATE_KEY, message, { fields });
  }
}
