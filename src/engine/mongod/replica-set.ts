/** Makes one mongod a replica set of one, without which MongoDB has no transactions (MongoDB manual: replSetInitiate). */

import { setTimeout as sleep } from 'node:timers/promises';
import { type Document, MongoClient, MongoServerError } from 'mongodb';

export const REPLICA_SET = 'jenner';

const POLL_MS = 50;
const ALREADY_INITIALIZED = 23;
const NOT_YET_INITIALIZED = 94;

export function uriFor(port: number): string {
  return `mongodb://127.0.0.1:${port}/?directConnection=true`;
}

async function readConfiguration(client: MongoClient): Promise<Document | undefined> {
  try {
    const answer = await client.db('admin').command({ replSetGetConfig: 1 });
    return answer['config'] as Document;
  } catch (error) {
    if (error instanceof MongoServerError && error.code === NOT_YET_INITIALIZED) return undefined;
    throw error;
  }
}

async function initiate(client: MongoClient, host: string): Promise<void> {
  try {
    await client.db('admin').command({ replSetInitiate: { _id: REPLICA_SET, members: [{ _id: 0, host }] } });
  } catch (error) {
    if (!(error instanceof MongoServerError && error.code === ALREADY_INITIALIZED)) throw error;
  }
}

/** The port may have been taken since the last start; a member that is not found under its name removes itself. */
async function rename(client: MongoClient, configuration: Document, host: string): Promise<void> {
  const [member] = configuration['members'] as readonly Document[];
  if (member?.['host'] === host) return;
  const members = [{ ...member, host }];
  const version = Number(configuration['version']) + 1;
  await client.db('admin').command({ replSetReconfig: { ...configuration, version, members }, force: true });
}

/** Waits until the member takes writes, as long as it lives. */
async function untilWritable(client: MongoClient, isLost: () => boolean): Promise<void> {
  while (!isLost()) {
    const hello = await client.db('admin').command({ hello: 1 });
    if (hello['isWritablePrimary'] === true) return;
    await sleep(POLL_MS);
  }
  throw new Error('mongod ended before it took writes');
}

async function connect(uri: string, isLost: () => boolean): Promise<MongoClient> {
  for (;;) {
    const client = new MongoClient(uri, { serverSelectionTimeoutMS: 500, retryReads: false });
    try {
      return await client.connect();
    } catch (error) {
      await client.close();
      if (isLost()) throw error;
    }
  }
}

/** Makes the mongod on this port the writable primary of its own replica set; `isLost` tells that it has ended. */
export async function becomePrimary(port: number, isLost: () => boolean): Promise<void> {
  const client = await connect(uriFor(port), isLost);
  const host = `127.0.0.1:${port}`;
  try {
    const configuration = await readConfiguration(client);
    await (configuration ? rename(client, configuration, host) : initiate(client, host));
    await untilWritable(client, isLost);
  } finally {
    await client.close();
  }
}
