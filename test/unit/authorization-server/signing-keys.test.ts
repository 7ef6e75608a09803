import { describe, expect, it } from 'vitest';
import { publicJwk, publishedKeys, type SigningKey } from '../../../src/authorization-server/signing-keys.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const NOW = 1_800_000_000_000;
const key = (kid: string, createdAt: number, alg: SigningKey['alg'] = 'ES256'): SigningKey => ({
  kid,
  alg,
  jwk: { kty: 'EC', kid, d: 'private' },
  createdAt,
});
const kids = (...keys: SigningKey[]) => publishedKeys(keys, NOW).map(({ kid }) => kid);

describe('the keys that are published', () => {
  it('begin with the newest that everybody has had time to learn of', () => {
    expect(kids(key('old', NOW - DAY / 2), key('new', NOW - 10 * MINUTE))).toEqual(['new', 'old']);
    expect(kids(key('old', NOW - DAY / 2), key('new', NOW - MINUTE))).toEqual(['old', 'new']);
  });

  it('include one that is brand new where there is no other', () => {
    expect(kids(key('only', NOW))).toEqual(['only']);
  });

  it('keep an old one until its tokens have ended', () => {
    expect(kids(key('old', NOW - 50 * DAY), key('new', NOW - DAY / 2))).toEqual(['new', 'old']);
    expect(kids(key('old', NOW - 50 * DAY), key('new', NOW - 2 * DAY))).toEqual(['new']);
  });

  it('are those of every algorithm', () => {
    expect(kids(key('ec', NOW - DAY), key('rsa', NOW - DAY, 'RS256'))).toEqual(['ec', 'rsa']);
  });

  it('are shown without their private part', () => {
    expect(publicJwk(key('k', NOW))).toEqual({ kty: 'EC', kid: 'k' });
  });
});
