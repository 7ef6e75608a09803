/**
 * Revoked tokens and grants (RFC 7009), known to every process a few seconds after they were revoked. They are told by
 * the token's id or its grant within the issuer, never by the token's text, which has several spellings.
 */
import { createHash } from 'node:crypto';
import type { Clock } from './issuer.ts';

/** What a revocation is about. */
export type Revoked =
  | { readonly issuer: string; readonly tokenId: string }
  | { readonly issuer: string; readonly grant: string };

/** A revocation as it is stored: needed until the last token that it can concern has expired. */
export interface Revocation {
  readonly key: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** Revocations stored since an instant by the database's clock, and where to go on. */
export type ReadRevocations = (
  since: number,
) => Promise<{ readonly found: readonly Revocation[]; readonly at: number }>;

/** The name under which a revocation is stored. */
export function revocationKey(revoked: Revoked): string {
  const what = 'tokenId' in revoked ? ['token', revoked.tokenId] : ['grant', revoked.grant];
  return createHash('sha256')
    .update(JSON.stringify([revoked.issuer, ...what]))
    .digest('base64url');
}

export interface Revocations {
  has(keys: readonly string[]): boolean;
  /** Reads what is new. False where that failed, and what is known is too old to count. */
  refresh(): Promise<boolean>;
}

/** What the process knows counts this long without news: milliseconds. */
const LONGEST_SILENT_MS = 30_000;

export function createRevocations(read: ReadRevocations, now: Clock): Revocations {
  const known = new Map<string, number>();
  let [readAt, since] = [Number.NEGATIVE_INFINITY, 0];
  const readNew = async (): Promise<void> => {
    const started = now();
    const { found, at } = await read(since);
    for (const { key, until } of found) known.set(key, until);
    for (const [key, until] of known) if (until < started) known.delete(key);
    [readAt, since] = [started, at];
  };
  return {
    has: (keys) => keys.some((key) => known.has(key)),
    refresh: async () => {
      await readNew().catch(() => undefined);
      return now() - readAt < LONGEST_SILENT_MS;
    },
  };
}
