/** Where fetched engines are kept: outside the project, shared by all checkouts (XDG Base Directory Specification). */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** `JENNER_CACHE_DIR`, else `jenner` in the user's cache folder. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const chosen = environment['JENNER_CACHE_DIR'];
  if (chosen) return resolve(chosen);
  // The specification says that a relative XDG_CACHE_HOME is to be ignored.
  const shared = environment['XDG_CACHE_HOME'];
  return join(shared?.startsWith('/') ? shared : join(homedir(), '.cache'), 'jenner');
}
