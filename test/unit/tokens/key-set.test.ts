/** Keys of an issuer: fetched seldom, kept while the issuer is down, given up when they are removed. */
import { exportJWK, generateKeyPair, type JSONWebKeySet } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { createKeySet, KeysUnavailable } from '../../../src/tokens/key-set.ts';

const MINUTE = 60_000;
let [one, other]: [JSONWebKeySet, JSONWebKeySet] = [{ keys: [] }, { keys: [] }];
const newKeys = async (kid: string): Promise<JSONWebKeySet> => {
  const { publicKey } = await generateKeyPair('ES256', { extractable: true });
  return { keys: [{ ...(await exportJWK(publicKey)), kid, alg: 'ES256' }] };
};
beforeAll(async () => {
  [one, other] = [await newKeys('one'), await newKeys('other')];
});

/** An issuer that answers what it is told to, a clock that goes when it is told to, and the count of fetches. */
function start() {
  const state = { now: 0, answer: async (): Promise<unknown> => one, fetches: 0 };
  const load = () => {
    state.fetches++;
    return state.answer() as Promise<JSONWebKeySet>;
  };
  const keys = createKeySet(load, () => state.now);
  const find = (kid: string) => keys.find({ alg: 'ES256', kid }, { payload: '', signature: '' });
  return { state, keys, find };
}
const failing = () => Promise.reject(new Error('down'));

describe('the keys of an issuer', () => {
  it('are fetched once for everybody who comes at the same time (TOK-18)', async () => {
    const { state, find } = start();
    await Promise.all(Array.from({ length: 50 }, () => find('one')));
    expect(state.fetches).toBe(1);
  });

  it('are not fetched for each key id that nobody knows (TOK-18)', async () => {
    const { state, find } = start();
    await find('one');
    for (let index = 0; index < 1000; index++) {
      state.now += 60;
      await expect(find(`random-${index}`)).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
    }
    expect(state.fetches).toBeLessThanOrEqual(5);
  });

  it('that are new count within half a minute (TOK-16)', async () => {
    const { state, find } = start();
    await find('one');
    state.answer = async () => ({ keys: [...one.keys, ...other.keys] });
    await expect(find('other')).rejects.toThrow();
    state.now += 30_000;
    await expect(find('other')).resolves.toBeDefined();
  });

  it('that were removed count no more after five minutes (TOK-16)', async () => {
    const { state, find } = start();
    await find('one');
    state.answer = async () => other;
    state.now += 5 * MINUTE;
    await expect(find('one')).rejects.toThrow();
  });

  it('are the last good ones while the issuer is down, for an hour (TOK-17)', async () => {
    const { state, find } = start();
    await find('one');
    state.answer = failing;
    state.now += 55 * MINUTE;
    await expect(find('one')).resolves.toBeDefined();
    state.now += 10 * MINUTE;
    await expect(find('one')).rejects.toBeInstanceOf(KeysUnavailable);
    state.answer = async () => one;
    state.now += MINUTE;
    await expect(find('one')).resolves.toBeDefined();
  });

  it('of an issuer that is down are asked for at growing intervals (TOK-18)', async () => {
    const { state, find } = start();
    state.answer = failing;
    for (let second = 0; second < 60; second++) {
      for (let request = 0; request < 20; request++) await expect(find('one')).rejects.toBeInstanceOf(KeysUnavailable);
      state.now += 1000;
    }
    expect(state.fetches).toBeLessThanOrEqual(8);
  });

  it.each([{}, { keys: 'x' }, 'text', null, { keys: [{ kty: 'oct', k: 'c2VjcmV0', kid: 'one' }] }])(
    'are not to be had from %j (TOK-17, TOK-07)',
    async (answer) => {
      const { state, find } = start();
      state.answer = async () => answer;
      await expect(find('one')).rejects.toThrow();
    },
  );

  it('say whether tokens can be checked', async () => {
    const { state, keys } = start();
    state.answer = failing;
    expect(await keys.refresh()).toBe(false);
    state.answer = async () => one;
    state.now += MINUTE;
    expect(await keys.refresh()).toBe(true);
  });
});
