/**
 * The connection to MongoDB and what this deployment of it can do.
 * One collection per resource type holds current versions, `<Type>_history` superseded ones; see docs/storage.md.
 */
import { type Collection, type Db, MongoClient, type MongoClientOptions } from 'mongodb';

/** A current version: its text, and beside it one compact `s_<code>` field per search parameter that has values. */
export interface ResourceDocument {
  readonly _id: string;
  /** Version number, from 1. */
  readonly v: number;
  /** `meta.lastUpdated`. */
  readonly lu: Date;
  /** When the resource came into being: what a search found page by page began without. */
  readonly cr?: Date | undefined;
  /** The interaction that made the version. */
  readonly m: 'POST' | 'PUT' | 'DELETE';
  /** A tombstone: it has neither body nor search fields. */
  readonly del?: true;
  /** The resource came into being again: before it was a tombstone. */
  readonly re?: true;
  /** Number of the search definitions that the `s_*` fields were made with. */
  readonly sv: number;
  /** Compartments: `Patient/<id>`. */
  readonly c: readonly string[];
  /** The JSON text to send. */
  readonly body?: string;
  readonly [searchField: `s_${string}`]: unknown;
}

/** A superseded version. `_id` is `<id>/<version>`, so a version can be stored only once. */
export interface HistoryDocument {
  readonly _id: string;
  readonly id: string;
  readonly v: number;
  readonly lu: Date;
  readonly m: 'POST' | 'PUT' | 'DELETE';
  readonly del?: true;
  readonly re?: true;
  /** Until when the version was the current one: `lu` of the next. */
  readonly to: Date;
  readonly c: readonly string[];
  readonly body?: string;
}

export interface Database {
  readonly db: Db;
  readonly client: MongoClient;
  /** False on a standalone server, which has no multi-document transactions. */
  readonly hasTransactions: boolean;
  current(resourceType: string): Collection<ResourceDocument>;
  history(resourceType: string): Collection<HistoryDocument>;
  close(): Promise<void>;
}

/** What we want unless the operator's URI says otherwise. Times in milliseconds. */
const DEFAULTS: MongoClientOptions = {
  appName: 'jenner',
  retryWrites: true,
  w: 'majority',
  maxPoolSize: 64,
  serverSelectionTimeoutMS: 4000,
  connectTimeoutMS: 4000,
  // A database that keeps connections open and answers nothing is noticed by this heartbeat alone.
  heartbeatFrequencyMS: 3000,
};

/** Options given to the driver win over the URI, so those that the URI names are left out. */
export function clientOptions(uri: string): MongoClientOptions {
  const named = new Set([...uri.matchAll(/[?&]([A-Za-z]+)=/g)].map(([, name]) => name?.toLowerCase()));
  return Object.fromEntries(Object.entries(DEFAULTS).filter(([name]) => !named.has(name.toLowerCase())));
}

const DEFAULT_NAME = 'jenner';

/** The database that a connection string names, or ours. */
export function databaseNameOf(uri: string): string {
  const name = /^mongodb(?:\+srv)?:\/\/[^/]+\/([^?]+)/.exec(uri)?.[1];
  return name ? decodeURIComponent(name) : DEFAULT_NAME;
}

/** Connects and looks at what answers. @throws the driver's error when nothing does. */
export async function openDatabase(uri: string, name = databaseNameOf(uri)): Promise<Database> {
  const client = new MongoClient(uri, { ...clientOptions(uri), ignoreUndefined: true });
  try {
    await client.connect();
    const hello = await client.db('admin').command({ hello: 1 });
    return toDatabase(client, client.db(name), typeof hello['setName'] === 'string' || hello['msg'] === 'isdbgrid');
  } catch (error) {
    await client.close();
    throw error;
  }
}

function toDatabase(client: MongoClient, db: Db, hasTransactions: boolean): Database {
  return {
    db,
    client,
    hasTransactions,
    current: (resourceType) => db.collection<ResourceDocument>(resourceType),
    history: (resourceType) => db.collection<HistoryDocument>(`${resourceType}_history`),
    close: () => client.close(),
  };
}
