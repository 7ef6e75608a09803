/** Where fetched engines are kept: outside the project, shared by all checkouts (XDG Base Directory Specification). */
import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** The system's own place for what can be fetched again (Filesystem Hierarchy Standard, section 5.5). */
const SYSTEM_CACHE = '/var/cache';
const OTHERS_MAY_ENTER = 0o001;

function othersMayEnter(folder: string): boolean {
  const stat = statSync(folder, { throwIfNoEntry: false });
  const mayEnter = !stat || (stat.mode & OTHERS_MAY_ENTER) !== 0;
  return mayEnter && (folder === dirname(folder) || othersMayEnter(dirname(folder)));
}

/**
 * `JENNER_CACHE_DIR`, else `jenner` in the user's cache folder. For root, whose engine runs as another user, the
 * system's cache folder where the user's own lies behind a directory that only root may enter.
 */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const chosen = environment['JENNER_CACHE_DIR'];
  if (chosen) return resolve(chosen);
  // The specification says that a relative XDG_CACHE_HOME is to be ignored.
  const shared = environment['XDG_CACHE_HOME'];
  const own = shared?.startsWith('/') ? shared : join(homedir(), '.cache');
  return join(process.getuid?.() !== 0 || othersMayEnter(own) ? own : SYSTEM_CACHE, 'jenner');
}

/** Makes a folder of the cache, and the cache itself, for every user to enter: root's engine runs as another one. */
export function makeCacheFolder(cache: string, name: string): string {
  const folder = join(cache, name);
  for (const path of [cache, folder]) {
    if (statSync(path, { throwIfNoEntry: false })) continue;
    mkdirSync(path, { recursive: true });
    chmodSync(path, 0o755);
  }
  return folder;
}
