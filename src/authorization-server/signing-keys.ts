/** The keys that tokens are signed with (RFC 7517; OpenID Connect Core, 10.1.1): made at the first start, kept in the database, replaced in time. */
import { randomBytes } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import type { RecordStore } from './record-store.ts';

/** ES256 for access tokens, which are checked often; RS256 for id tokens, which SMART asks for. */
export type SigningAlgorithm = 'ES256' | 'RS256';
const ALGORITHMS: readonly SigningAlgorithm[] = ['ES256', 'RS256'];

export interface SigningKey {
  readonly kid: string;
  readonly alg: SigningAlgorithm;
  /** With its private part. */
  readonly jwk: JWK;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

const KIND = 'SigningKey';
const DAY_MS = 24 * 3600 * 1000;
/** A key this old is replaced by the next start. */
const ROTATE_AFTER_MS = 90 * DAY_MS;
/** After that no token is left that an older key signed. */
const RETIRE_AFTER_MS = DAY_MS;
/** A new key is published for so long before it signs, so that every reader of keys has it by then. */
const ANNOUNCED_MS = 3 * 60 * 1000;

/** Every key that is published: of each algorithm the one that signs first. Makes those that are missing or too old. */
export async function loadSigningKeys(records: RecordStore, now = Date.now()): Promise<readonly SigningKey[]> {
  const known = await readKeys(records);
  const wanted = ALGORITHMS.filter(
    (alg) => !known.some((key) => key.alg === alg && key.createdAt > now - ROTATE_AFTER_MS),
  );
  for (const alg of wanted) await createKey(records, alg, now);
  return publishedKeys(wanted.length > 0 ? await readKeys(records) : known, now);
}

/** Replaces the keys of every algorithm; the old ones stay published until their tokens have ended. */
export async function rotateSigningKeys(records: RecordStore, now = Date.now()): Promise<void> {
  for (const alg of ALGORITHMS) await createKey(records, alg, now);
}

async function readKeys(records: RecordStore): Promise<readonly SigningKey[]> {
  return (await records.list(KIND)).map(({ content }) => content as SigningKey);
}

async function createKey(records: RecordStore, alg: SigningAlgorithm, now: number): Promise<void> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = await exportJWK(privateKey);
  const kid = await calculateJwkThumbprint(jwk);
  const content: SigningKey = { kid, alg, jwk: { ...jwk, kid, alg, use: 'sig' }, createdAt: now };
  await records.put(KIND, kid, { content });
}

/** Pure: which of these keys are good at that time, those that sign first. */
export function publishedKeys(keys: readonly SigningKey[], now: number): readonly SigningKey[] {
  return ALGORITHMS.flatMap((alg) => {
    const newestFirst = keys.filter((key) => key.alg === alg).sort(byAge);
    const signing = newestFirst.find(({ createdAt }) => createdAt <= now - ANNOUNCED_MS) ?? newestFirst.at(-1);
    const replacedAt = newestFirst.find(({ createdAt }) => createdAt <= now - RETIRE_AFTER_MS)?.createdAt ?? 0;
    const others = newestFirst.filter((key) => key !== signing && key.createdAt >= replacedAt);
    return signing ? [signing, ...others] : [];
  });
}

const byAge = (a: SigningKey, b: SigningKey): number => b.createdAt - a.createdAt || (a.kid < b.kid ? -1 : 1);

export const publicJwk = ({ jwk }: SigningKey): JWK => {
  const { d, p, q, dp, dq, qi, ...open } = jwk as Record<string, unknown>;
  return open as JWK;
};

const SECRET_BYTES = 32;

/** A secret of this installation by its name, the same on every server of the database. */
export async function loadSecret(records: RecordStore, name: string): Promise<string> {
  const fresh = { secret: randomBytes(SECRET_BYTES).toString('base64url') };
  await records.insert('Secret', name, { content: fresh });
  const { secret } = ((await records.find('Secret', name))?.content ?? fresh) as typeof fresh;
  return secret;
}
