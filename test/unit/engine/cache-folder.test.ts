import { homedir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { cacheFolder } from '../../../src/engine/cache-folder.ts';

const isRoot = process.getuid?.() === 0;

describe('the cache folder', () => {
  it('is the one that JENNER_CACHE_DIR names', () => {
    expect(cacheFolder({ JENNER_CACHE_DIR: '/somewhere/cache', XDG_CACHE_HOME: '/else' })).toBe('/somewhere/cache');
  });

  it("is below the user's cache folder", () => {
    expect(cacheFolder({ XDG_CACHE_HOME: '/nonexistent/cache' })).toBe('/nonexistent/cache/jenner');
  });

  it('is below the home folder, or for root where the engine can enter, when no absolute cache folder is named', () => {
    const places = [`${homedir()}/.cache/jenner`, ...(isRoot ? ['/var/cache/jenner'] : [])];
    expect(places).toContain(cacheFolder({}));
    expect(cacheFolder({ XDG_CACHE_HOME: 'relative' })).toBe(cacheFolder({}));
  });
});
