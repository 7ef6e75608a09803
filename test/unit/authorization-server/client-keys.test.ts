import { describe, expect, it } from 'vitest';
import { ageOf, clientKeyCache } from '../../../src/authorization-server/client-keys.ts';
import { isPrivateAddress } from '../../../src/authorization-server/private-host.ts';

const URL_OF_KEYS = { kind: 'url', url: 'https://app.example.org/keys' } as const;

describe('the keys of a client', () => {
  it('BSV-05 are asked for anew when their time is over, and not before', async () => {
    let [now, count] = [0, 0];
    const fetchKeys = async () => ({ keys: [{ kty: 'EC', kid: `${++count}` }], ageSeconds: 30 });
    const find = clientKeyCache({ now: () => now, fetchKeys });
    const kid = async () => (await find(URL_OF_KEYS))[0]?.kid;
    expect(await kid()).toBe('1');
    now = 29_000;
    expect(await kid()).toBe('1');
    now = 31_000;
    expect(await kid()).toBe('2');
  });

  it('are none while their host fails, which is asked again after a pause', async () => {
    let [now, count] = [0, 0];
    const fetchKeys = async () => {
      count++;
      throw new Error('down');
    };
    const find = clientKeyCache({ now: () => now, fetchKeys });
    expect(await Promise.all([find(URL_OF_KEYS), find(URL_OF_KEYS)])).toEqual([[], []]);
    expect(await find(URL_OF_KEYS)).toEqual([]);
    expect(count).toBe(1);
    now = 6000;
    await find(URL_OF_KEYS);
    expect(count).toBe(2);
  });

  it.each([
    [undefined, 60],
    ['no-store', 0],
    ['max-age=100, no-cache', 0],
    ['max-age=0', 0],
    ['public, max-age=120', 120],
    ['max-age=31536000', 300],
  ])('are kept for as long as Cache-Control: %s says', (header, seconds) => {
    expect(ageOf(header)).toBe(seconds);
  });

  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '169.254.169.254',
    '192.168.0.1',
    '172.31.0.1',
    '::1',
    'fd00::1',
    'fe80::1',
    '::ffff:10.0.0.1',
    'x',
  ])('are fetched from no private address: %s', (address) => {
    expect(isPrivateAddress(address)).toBe(true);
  });

  it.each(['8.8.8.8', '172.32.0.1', '2606:4700::1111'])('are fetched from a public one: %s', (address) => {
    expect(isPrivateAddress(address)).toBe(false);
  });
});
