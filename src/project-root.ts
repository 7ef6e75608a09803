/** Where the project's declarations and data are, whether the sources run or what was compiled of them. */
import { existsSync } from 'node:fs';

/** The nearest directory above this file that has a package.json, as a URL with a slash at its end. */
export function projectRoot(from: URL = new URL(import.meta.url)): URL {
  const directory = new URL('..', from);
  if (existsSync(new URL('package.json', directory))) return directory;
  if (directory.href === from.href) throw new Error('The project directory was not found.');
  return projectRoot(directory);
}
