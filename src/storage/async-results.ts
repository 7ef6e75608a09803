/** Answers that are made while their clients do other things (FHIR R5, async-bundle.html), kept for an hour. */
import { Binary } from 'mongodb';
import { v7 as uuid } from 'uuid';
import type { Database } from './database.ts';

interface AsyncDocument {
  readonly _id: string;
  /** Who asked. */
  readonly holder: string;
  readonly at: Date;
  /** When the server that works on it last said so. */
  readonly beat: Date;
  /** How many parts the answer has; absent while it is made. */
  readonly parts?: number;
}

interface PartDocument {
  readonly _id: string;
  readonly at: Date;
  /** UTF-8. */
  readonly bytes: Binary;
}

export type AsyncState =
  | { readonly kind: 'running'; readonly since: Date }
  /** The server that worked on it is gone. */
  | { readonly kind: 'lost' }
  | { readonly kind: 'done'; readonly text: string; readonly expires: Date };

/** All by the id of the request; what another holder asked for is not there. */
export interface AsyncResults {
  begin(holder: string): Promise<string>;
  beat(id: string): Promise<void>;
  finish(id: string, text: string): Promise<void>;
  find(id: string, holder: string): Promise<AsyncState | undefined>;
  /** False where there is no such request. */
  remove(id: string, holder: string): Promise<boolean>;
}

const KEPT_SECONDS = 3600;
/** Milliseconds without a beat after which the work is given up. */
const LOST_MS = 60_000;
/** Bytes of a part: fewer than a document of the database can have. */
const PART = 8_000_000;

export function asyncResults({ db }: Database): AsyncResults {
  const requests = db.collection<AsyncDocument>('jenner_async');
  const parts = db.collection<PartDocument>('jenner_async_parts');
  let prepared: Promise<unknown> | undefined;
  const prepare = () => {
    prepared ??= Promise.all(
      [requests, parts].map((one) => one.createIndex({ at: 1 }, { expireAfterSeconds: KEPT_SECONDS })),
    ).catch((error) => {
      prepared = undefined;
      throw error;
    });
    return prepared;
  };
  const textOf = async (id: string, count: number): Promise<string> => {
    const ids = Array.from({ length: count }, (_, part) => `${id}/${part}`);
    const found = await parts.find({ _id: { $in: ids } }).toArray();
    const bytes = new Map(found.map((part) => [part._id, part.bytes.buffer]));
    return Buffer.concat(ids.map((part) => bytes.get(part) ?? Buffer.alloc(0))).toString();
  };
  return {
    begin: async (holder) => {
      await prepare();
      const now = new Date();
      const request = { _id: uuid(), holder, at: now, beat: now };
      await requests.insertOne(request);
      return request._id;
    },
    beat: async (id) => {
      await requests.updateOne({ _id: id }, { $set: { beat: new Date() } });
    },
    finish: async (id, text) => {
      const at = new Date();
      const whole = Buffer.from(text);
      const count = Math.ceil(whole.length / PART);
      for (let part = 0; part < count; part++) {
        const bytes = new Binary(whole.subarray(part * PART, (part + 1) * PART));
        await parts.insertOne({ _id: `${id}/${part}`, at, bytes });
      }
      // A request that was cancelled meanwhile does not come back.
      await requests.updateOne({ _id: id }, { $set: { at, parts: count } });
    },
    find: async (id, holder) => {
      const request = await requests.findOne({ _id: id, holder });
      if (!request) return undefined;
      if (request.parts === undefined) return working(request);
      const text = await textOf(id, request.parts);
      return { kind: 'done', text, expires: new Date(request.at.getTime() + KEPT_SECONDS * 1000) };
    },
    remove: async (id, holder) => (await requests.deleteOne({ _id: id, holder })).deletedCount > 0,
  };
}

const working = ({ at, beat }: AsyncDocument): AsyncState =>
  Date.now() - beat.getTime() > LOST_MS ? { kind: 'lost' } : { kind: 'running', since: at };
