/** Completes a duplicate key error with the index, its key pattern and the key (MongoDB error 11000). */
import { BSON } from 'mongodb';
import { argumentOf, type Command, collectionOf, decodeDocument, encodeDocument, namespaceOf } from './command.ts';
import { type CommandContext, executeAlone, onlyValue } from './engine-state.ts';
import { documentsOfArray, readDocument, splitDocuments } from './raw-bson.ts';
import { LIST_INDEXES } from './statements.ts';

type KeyPattern = Readonly<Record<string, unknown>>;
type Fields = Readonly<Record<string, unknown>>;

export interface DuplicateKey {
  readonly message: string;
  /** keyPattern and, where the command shows it, keyValue. */
  readonly fields: Fields;
}

const MAX_INDEXES = 1000;

interface ListedIndexes {
  readonly cursor: { readonly firstBatch: readonly { readonly name: string; readonly key: KeyPattern }[] };
}

async function keyPatterns({ engine, command }: CommandContext): Promise<ReadonlyMap<string, KeyPattern>> {
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

/** The statements of a batch, whether they came in the body or as a document sequence. */
function statementsOf(command: Command, key: string): readonly Buffer[] {
  const sequence = command.sequences.get(key);
  if (sequence) return splitDocuments(sequence);
  const array = readDocument(command.body, argumentOf(command, key));
  return array ? documentsOfArray(array) : [];
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The documents in which the refused key may stand: what was to be stored, else what was asked for. */
function offeredDocuments(command: Command, position: number): readonly Fields[] {
  if (command.name === 'insert') {
    const document = statementsOf(command, 'documents')[position];
    return document ? [decodeDocument(document, { exact: true })] : [];
  }
  const batch = command.name === 'update';
  const statement = batch ? statementsOf(command, 'updates')[position] : command.body;
  if (!statement) return [];
  const decoded = decodeDocument(statement, { exact: true });
  const [update, query] = batch ? [decoded['u'], decoded['q']] : [decoded['update'], decoded['query']];
  if (!isFields(update)) return [];
  return [update, update['$set'], update['$setOnInsert'], query].filter(isFields);
}

function valueAt(document: Fields, path: string): unknown {
  if (path in document) return document[path]; // an update operator names a path as one key
  return path.split('.').reduce<unknown>((value, step) => {
    const holder: unknown = Array.isArray(value) ? value[0] : value;
    return isFields(holder) ? holder[step] : undefined;
  }, document);
}

/** The key in the form MongoDB reports it, or undefined when the command does not show all of it. */
function keyValueOf(command: Command, position: number, pattern: KeyPattern): Fields | undefined {
  const documents = offeredDocuments(command, position);
  if (documents.length === 0) return undefined;
  const paths = Object.keys(pattern);
  const values = paths.map((path) => documents.map((document) => valueAt(document, path)).find((v) => v !== undefined));
  if (command.name !== 'insert' && values.includes(undefined)) return undefined;
  return Object.fromEntries(paths.map((path, index) => [path, values[index] ?? null]));
}

/** `position` is that of the failed statement in its batch; `message` the engine's, which names the index. */
export async function describeDuplicateKey(
  context: CommandContext,
  position: number,
  message: string,
): Promise<DuplicateKey> {
  const index = /Index '?([^']+?)'?$/.exec(message)?.[1] ?? '_id_';
  const head = `E11000 duplicate key error collection: ${namespaceOf(context.command)} index: ${index}`;
  const patterns = await keyPatterns(context).catch(() => new Map<string, KeyPattern>());
  const keyPattern = patterns.get(index) ?? (index === '_id_' ? { _id: 1 } : undefined);
  if (!keyPattern) return { message: head, fields: {} };
  const keyValue = keyValueOf(context.command, position, keyPattern);
  if (!keyValue) return { message: head, fields: { keyPattern } };
  const shown = BSON.EJSON.stringify(keyValue);
  return { message: `${head} dup key: ${shown}`, fields: { keyPattern, keyValue } };
}
