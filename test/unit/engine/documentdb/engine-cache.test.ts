import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findCachedEngine } from '../../../../src/engine/documentdb/engine-cache.ts';

describe('the cached engine', () => {
  let cache = '';
  const put = (folder: string, postgresMajor: number, documentdbVersion: string): void => {
    const root = join(cache, 'engine', folder);
    const programs = join(root, `usr/lib/postgresql/${postgresMajor}/bin`);
    mkdirSync(programs, { recursive: true });
    writeFileSync(join(programs, 'postgres'), '');
    writeFileSync(join(root, 'engine.json'), JSON.stringify({ key: folder, postgresMajor, documentdbVersion }));
  };

  beforeEach(() => {
    cache = mkdtempSync(join(tmpdir(), 'jenner-test-'));
  });
  afterEach(() => rmSync(cache, { recursive: true, force: true }));

  it('is none in an empty or missing cache', () => {
    expect(findCachedEngine(cache)).toBeUndefined();
    expect(findCachedEngine(join(cache, 'missing'))).toBeUndefined();
  });

  it('is the newest one', () => {
    put('a', 18, '1.9-1');
    put('b', 18, '1.10-1');
    put('c', 17, '2.0-1');
    expect(findCachedEngine(cache)?.key).toBe('b');
  });

  it('is the one that opened the data last, where it is still there', () => {
    put('a', 18, '1.9-1');
    put('b', 18, '1.10-1');
    expect(findCachedEngine(cache, { postgresMajor: 18, key: 'a' })?.key).toBe('a');
    expect(findCachedEngine(cache, { postgresMajor: 18, key: 'gone' })?.key).toBe('b');
  });

  it('is never one of another major version than the data need', () => {
    put('a', 19, '1.0-1');
    expect(findCachedEngine(cache, { postgresMajor: 18 })).toBeUndefined();
  });

  it('is none whose fetching was not finished', () => {
    put('.fetching', 18, '1.0-1');
    mkdirSync(join(cache, 'engine/half'));
    expect(findCachedEngine(cache)).toBeUndefined();
  });
});
