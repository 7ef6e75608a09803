/** A database of its own for a test file, dropped when the file is done. */
import {
  type Collection,
  type Db,
  type Document,
  MongoClient,
  type MongoServerError,
  type UpdateFilter,
} from 'mongodb';
import { afterAll, beforeAll, inject } from 'vitest';

/** Any fields, and an id of the kinds that most of these tests use. */
export interface AnyDocument extends Document {
  _id?: string | number;
}

export interface TestDatabase {
  readonly client: () => MongoClient;
  readonly db: () => Db;
  /** A new, empty collection at each call. */
  readonly collection: () => Collection<AnyDocument>;
}

/** Registers the hooks of the calling file. */
export function testDatabase(name: string, uri: () => string = () => inject('mongodbUri')): TestDatabase {
  let client: MongoClient | undefined;
  let count = 0;
  const database = `gateway_${name}_${process.pid}`;
  const connected = (): MongoClient => {
    if (!client) throw new Error('the test database is not connected yet');
    return client;
  };
  beforeAll(async () => {
    client = await new MongoClient(uri(), { maxPoolSize: 60, serverSelectionTimeoutMS: 5000 }).connect();
    await client.db(database).dropDatabase();
  });
  afterAll(async () => {
    await client?.db(database).dropDatabase();
    await client?.close();
  });
  const db = () => connected().db(database);
  return { client: connected, db, collection: () => db().collection(`c${count++}`) };
}

/** The error that the operation is expected to fail with. */
export async function failureOf(operation: Promise<unknown>): Promise<MongoServerError> {
  try {
    await operation;
  } catch (error) {
    return error as MongoServerError;
  }
  throw new Error('the operation was expected to fail');
}

/** An update whose operators the driver's types don't allow on fields that they don't know. */
export function anyUpdate(update: object): UpdateFilter<AnyDocument> {
  return update as UpdateFilter<AnyDocument>;
}

/** `count` documents made from their numbers. */
export function documents(count: number, make: (number: number) => AnyDocument): AnyDocument[] {
  return Array.from({ length: count }, (_, number) => make(number));
}

/** Ids of the documents, in their order. */
export function ids(found: readonly AnyDocument[]): unknown[] {
  return found.map(({ _id }) => _id);
}
