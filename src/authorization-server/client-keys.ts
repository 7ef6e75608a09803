/** The keys of clients, fetched where they are registered by URL (SMART App Launch 2.2, client-confidential-asymmetric.html): cached no longer than Cache-Control says. */
import { lookup as resolveHost } from 'node:dns';
import { get as getHttp, type IncomingMessage } from 'node:http';
import { get as getHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { JWK } from 'jose';
import { isLoopback } from './client-metadata.ts';
import { isPrivateAddress } from './private-host.ts';
import type { ClientKeys } from './registered-client.ts';

const TIMEOUT_MS = 2500;
const LARGEST = 65_536;
/** Of an answer that doesn't say. */
const DEFAULT_AGE_SECONDS = 60;
/** At most, whatever it says; a key that was taken out must stop. */
const LONGEST_AGE_SECONDS = 300;
/** A host that fails is not asked again at once. */
const FAILURE_AGE_SECONDS = 5;
/** Answers kept, at most. */
const MOST = 1000;

/** The client's keys, or none where they can't be had: then nothing that it signs is taken. */
export type FindClientKeys = (keys: ClientKeys) => Promise<readonly JWK[]>;

interface Cached {
  readonly keys: Promise<Fetched>;
  freshUntil: number;
}

interface Fetched {
  readonly keys: readonly JWK[];
  readonly ageSeconds: number;
}

export interface KeyFetching {
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  readonly fetchKeys?: (url: string) => Promise<Fetched>;
}

export function clientKeyCache({ now = Date.now, fetchKeys = fetchKeySet }: KeyFetching = {}): FindClientKeys {
  const cache = new Map<string, Cached>();
  const fetched = async (url: string): Promise<readonly JWK[]> => {
    const known = cache.get(url);
    if (known && known.freshUntil > now()) return (await known.keys).keys;
    if (cache.size >= MOST) cache.clear();
    const failed: Fetched = { keys: [], ageSeconds: FAILURE_AGE_SECONDS };
    // Until the answer is there, all who ask wait for it.
    const entry: Cached = { keys: fetchKeys(url).catch(() => failed), freshUntil: now() + TIMEOUT_MS };
    cache.set(url, entry);
    const { keys, ageSeconds } = await entry.keys;
    entry.freshUntil = now() + ageSeconds * 1000;
    return keys;
  };
  return async (keys) => (keys.kind === 'inline' ? keys.keys : fetched(keys.url));
}

async function fetchKeySet(url: string): Promise<Fetched> {
  const response = await request(new URL(url));
  const body = JSON.parse(await readText(response)) as { readonly keys?: readonly JWK[] };
  if (!Array.isArray(body.keys)) throw new Error('no key set');
  return { keys: body.keys, ageSeconds: ageOf(response.headers['cache-control']) };
}

/** Seconds that an answer may be kept (RFC 9111, 5.2.2). */
export function ageOf(cacheControl: string | undefined): number {
  if (cacheControl === undefined) return DEFAULT_AGE_SECONDS;
  if (/\bno-(store|cache)\b/i.test(cacheControl)) return 0;
  const [, age] = /\bmax-age=(\d{1,9})\b/i.exec(cacheControl) ?? [];
  return age === undefined ? DEFAULT_AGE_SECONDS : Math.min(Number(age), LONGEST_AGE_SECONDS);
}

function request(url: URL): Promise<IncomingMessage> {
  const local = isLoopback(url.hostname);
  const get = url.protocol === 'https:' ? getHttps : getHttp;
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const options = { headers: { Accept: 'application/json' }, signal, ...(local ? {} : { lookup: publicLookup }) };
    // A redirect is an answer like any other that is not 200: it could lead anywhere.
    get(url, options, (response) => {
      if (response.statusCode === 200) resolve(response);
      else {
        response.resume();
        reject(new Error(`status ${response.statusCode}`));
      }
    }).on('error', reject);
  });
}

/** Refuses names that lead into a private network at the moment they are called. */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  resolveHost(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '', 0);
    const [first] = addresses;
    if (!first || addresses.some(({ address }) => isPrivateAddress(address))) {
      return callback(new Error('not a public host'), '', 0);
    }
    return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
  });
};

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > LARGEST) throw new Error('too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
