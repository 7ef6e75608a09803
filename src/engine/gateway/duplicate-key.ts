/** Completes a duplicate key error with the index, its key pattern and the key (MongoDB error 11000). */
import { BSON } from 'mongodb';
import { type Command, collectionOf, decodeDocument, encodeDocument, namespaceOf } from './command.ts';
import { CommandError, DUPLICATE_KEY } from './command-error.ts';
import { type CommandContext, executeAlone, onlyValue } from './engine-state.ts';
import { indexIdOf, readIndexNames } from './index-names.ts';
import { PostgresError } from './postgres-error.ts';
import { LIST_INDEXES } from './statements.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The refused write: the name of the index, and the statement of the batch where it is known. */
export interface RefusedKey {
  readonly index: string;
  readonly statement: Buffer | undefined;
}

const MAX_INDEXES = 1000;
const ID_INDEX = '_id_';

interface ListedIndexes {
  readonly cursor: { readonly firstBatch: readonly { readonly name: string; readonly key: Fields }[] };
}

async function keyPatterns({ engine, command }: CommandContext): Promise<ReadonlyMap<string, Fields>> {
  const namespace = namespaceOf(command);
  const known = engine.indexKeys.get(namespace);
  if (known) return known;
  const body = encodeDocument({ listIndexes: collectionOf(command), cursor: { batchSize: MAX_INDEXES } });
  // Outside the transaction, because the error has ended that one.
  const reply = onlyValue(await executeAlone(engine.pool, LIST_INDEXES, [command.databaseBytes, body]));
  const listed = decodeDocument(reply) as unknown as ListedIndexes;
  const patterns = new Map(listed.cursor.firstBatch.map(({ name, key }) => [name, key]));
  engine.indexKeys.set(namespace, patterns);
  return patterns;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The documents in which the refused key may stand, as far as the statement shows what was to be stored. */
function offeredDocuments(command: Command, statement: Buffer): readonly Fields[] {
  const decoded = decodeDocument(statement, { exact: true });
  if (command.name === 'insert') return [decoded];
  const update = command.name === 'update' ? decoded['u'] : decoded['update'];
  return isFields(update) ? [update, update['$set'], update['$setOnInsert']].filter(isFields) : [];
}

function valueAt(document: Fields, path: string): unknown {
  if (path in document) return document[path]; // an update operator names a path as one key
  return path.split('.').reduce<unknown>((value, step) => {
    const holder: unknown = Array.isArray(value) ? value[0] : value;
    return isFields(holder) ? holder[step] : undefined;
  }, document);
}

/** The key in the form MongoDB reports it, or undefined when the statement does not show all of it. */
function keyValueOf(command: Command, statement: Buffer, pattern: Fields): Fields | undefined {
  const documents = offeredDocuments(command, statement);
  const paths = Object.keys(pattern);
  const values = paths.map((path) => documents.map((document) => valueAt(document, path)).find((v) => v !== undefined));
  if (command.name !== 'insert' && values.includes(undefined)) return undefined;
  return Object.fromEntries(paths.map((path, index) => [path, values[index] ?? null]));
}

/** Name of the index in the engine's message inside a write reply. */
export function indexInMessage(message: string): string {
  return /Index '?([^']+?)'?$/.exec(message)?.[1] ?? ID_INDEX;
}

/** Name of the index behind the constraint that PostgreSQL reports. */
async function indexOfConstraint({ engine }: CommandContext, constraint: string): Promise<string> {
  const id = indexIdOf(constraint);
  if (id === undefined) return ID_INDEX;
  const names = await readIndexNames(engine.pool, [id]).catch(() => new Map<string, string>());
  return names.get(id) ?? constraint;
}

/** Error 11000 with keyPattern and, where the command shows it, keyValue. */
export async function duplicateKeyError(
  context: CommandContext,
  { index, statement }: RefusedKey,
): Promise<CommandError> {
  const head = `E11000 duplicate key error collection: ${namespaceOf(context.command)} index: ${index}`;
  const patterns = await keyPatterns(context).catch(() => new Map<string, Fields>());
  const keyPattern = patterns.get(index) ?? (index === ID_INDEX ? { _id: 1 } : undefined);
  if (!keyPattern) return new CommandError(DUPLICATE_KEY, head);
  const keyValue = statement && keyValueOf(context.command, statement, keyPattern);
  if (!keyValue) return new CommandError(DUPLICATE_KEY, head, { fields: { keyPattern } });
  const message = `${head} dup key: ${BSON.EJSON.stringify(keyValue)}`;
  return new CommandError(DUPLICATE_KEY, message, { fields: { keyPattern, keyValue } });
}

const CONSTRAINT_STATES = new Set(['23505', '23P01']);

/** What to throw for an error that a write was refused with as a whole. */
export async function nameDuplicateKey(
  context: CommandContext,
  error: unknown,
  statement: Buffer | undefined,
): Promise<unknown> {
  if (!(error instanceof PostgresError) || !CONSTRAINT_STATES.has(error.sqlState)) return error;
  const index = await indexOfConstraint(context, error.constraint ?? '');
  return duplicateKeyError(context, { index, statement });
}
