/**
 * The public keys of an issuer (RFC 7517): kept, fetched anew in time, and the last good ones used while the issuer is
 * down. Unknown key ids don't make the server ask again and again.
 */
import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import type { Clock, LoadKeys } from './issuer.ts';
import { fetchJson } from './outbound.ts';

/** The keys that an issuer publishes. */
export const loadKeysFrom =
  (url: string): LoadKeys =>
  async () =>
    (await fetchJson({ url })) as JSONWebKeySet;

/** Keys can't be had now: that says nothing about a token. */
export class KeysUnavailable extends Error {}

/** Keys older than this are fetched anew, so that a removed one stops to count: milliseconds. */
const FRESH_MS = 240_000;
/** Between two fetches, for a key that is not known: a new one counts after that at the latest. */
const COOLDOWN_MS = 15_000;
/** The last good keys count this long while no others can be had. */
const LONGEST_STALE_MS = 3_600_000;
/** Before the first retry after a failed fetch; doubled up to the cooldown. */
const FIRST_BACKOFF_MS = 1000;

interface Keys {
  readonly find: JWTVerifyGetKey;
  readonly loadedAt: number;
}

export interface KeySet {
  /** The key for a token's header. @throws KeysUnavailable, or jose's errors where no key or several match. */
  readonly find: JWTVerifyGetKey;
  /** Fetches the keys, unless that was just tried. False where there are none that count. */
  refresh(): Promise<boolean>;
}

export function createKeySet(load: LoadKeys, now: Clock): KeySet {
  let keys: Keys | undefined;
  let pending: Promise<void> | undefined;
  let [triedAt, failures] = [Number.NEGATIVE_INFINITY, 0];

  const age = (): number => (keys ? now() - keys.loadedAt : Number.POSITIVE_INFINITY);
  const pause = (): number => (failures > 0 ? Math.min(COOLDOWN_MS, FIRST_BACKOFF_MS * 2 ** (failures - 1)) : 0);
  const attempt = async (): Promise<void> => {
    triedAt = now();
    try {
      keys = { find: createLocalJWKSet(publicKeys(await load())), loadedAt: now() };
      failures = 0;
    } catch {
      failures++;
    }
  };
  const fetchUnlessTried = async (within: number): Promise<void> => {
    if (!pending && now() - triedAt < Math.max(within, pause())) return;
    pending ??= attempt().finally(() => {
      pending = undefined;
    });
    await pending;
  };
  const current = async (): Promise<Keys> => {
    if (age() > FRESH_MS) await fetchUnlessTried(0);
    if (!keys || age() > LONGEST_STALE_MS) throw new KeysUnavailable('The keys of the issuer cannot be had.');
    return keys;
  };
  return {
    find: async (header, token) => {
      const known = await current();
      try {
        return await known.find(header, token);
      } catch (error) {
        if (!isUnknownKey(error)) throw error;
        await fetchUnlessTried(COOLDOWN_MS);
        return (await current()).find(header, token);
      }
    },
    refresh: async () => {
      if (age() > FRESH_MS / 2) await fetchUnlessTried(0);
      return age() <= LONGEST_STALE_MS;
    },
  };
}

const isUnknownKey = (error: unknown): boolean => (error as { code?: unknown }).code === 'ERR_JWKS_NO_MATCHING_KEY';

/** @throws where it is no key set; a shared secret in one is nobody's public key. */
function publicKeys(set: JSONWebKeySet): JSONWebKeySet {
  if (!Array.isArray(set?.keys)) throw new TypeError('This is no JSON Web Key Set.');
  return { keys: set.keys.filter(({ kty }) => kty !== 'oct') };
}
