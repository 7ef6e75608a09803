/** Makes a tree of unpacked packages run where it lies, by its own loader and libraries (ld.so(8)). */
import { copyFileSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runOrThrow } from '../child-process.ts';
import { canRun, type EngineUser } from '../engine-user.ts';

export interface EngineTree {
  readonly root: string;
  readonly postgresMajor: number;
}

export interface ReachOptions {
  readonly postgresMajor: number;
  readonly user: EngineUser | undefined;
  /** Where a copy may be put, to go with the engine that runs from it. */
  readonly folder: string;
}

/** Parts of packages that a running engine never opens. */
const LEFT_OUT = [
  './etc',
  './usr/lib/*/gconv',
  './usr/lib/postgresql/*/lib/bitcode',
  './usr/lib/systemd',
  ...['bash-completion', 'doc', 'i18n', 'info', 'lintian', 'locale', 'man', 'proj'].map(
    (name) => `./usr/share/${name}`,
  ),
  './usr/share/postgresql/*/contrib',
  './usr/share/postgresql/*/man',
];

const PROGRAMS = ['postgres', 'initdb', 'pg_ctl', 'pg_controldata', 'psql', 'pg_dump', 'pg_restore'];
const CHECKED_OBJECTS = [
  'bin/postgres.bin',
  'bin/initdb.bin',
  ...['pg_documentdb_core', 'pg_documentdb', 'pg_documentdb_extended_rum', 'pg_cron', 'vector'].map(
    (n) => `lib/${n}.so`,
  ),
  ...['postgis-3', 'tsm_system_rows', 'plpgsql'].map((name) => `lib/${name}.so`),
];

/** The folder of PostgreSQL's programs in a tree. */
export function programFolder(tree: EngineTree): string {
  return join(tree.root, 'usr/lib/postgresql', `${tree.postgresMajor}`, 'bin');
}

/** Unpacks one package file into the tree. */
export async function unpackPackage(file: string, root: string): Promise<void> {
  const excluded = LEFT_OUT.map((path) => `--exclude=${path}`);
  const script = 'file=$1 root=$2; shift 2; dpkg-deb --fsys-tarfile "$file" | tar -x --no-same-owner -C "$root" "$@"';
  const args = ['-c', script, 'sh', file, root, ...excluded];
  await runOrThrow({ command: 'sh', args, deathSignal: 'KILL' });
}

function extensionFolder(tree: EngineTree): string {
  return join(tree.root, 'usr/share/postgresql', `${tree.postgresMajor}`, 'extension');
}

/** What the packages' own installation scripts would have done, and the removal of upgrade scripts from old versions. */
function finishExtensions(tree: EngineTree): void {
  const folder = extensionFolder(tree);
  for (const name of readdirSync(folder)) {
    if (/^postgis-\d+\.control$/.test(name)) copyFileSync(join(folder, name), join(folder, 'postgis.control'));
    const isUnused =
      /^(?:postgis(?:_\w+)?|address_standardizer\w*)--/.test(name) && !/^postgis--[\d.]+\.sql$/.test(name);
    if (isUnused) rmSync(join(folder, name));
  }
}

function librariesOf(tree: EngineTree): { readonly loader: string; readonly path: string } {
  const libraries = join(tree.root, 'usr/lib');
  const folders = readdirSync(libraries).filter((name) => name.includes('-linux-gnu'));
  for (const folder of folders.map((name) => join(libraries, name))) {
    const loader = readdirSync(folder).find((name) => /^ld-linux.*\.so\.\d+$/.test(name));
    if (loader) return { loader: join(folder, loader), path: `${folder}:${join(programFolder(tree), '../lib')}` };
  }
  throw new Error('the packages brought no program loader');
}

/**
 * A program becomes a script that starts it by the tree's loader. Paths are found from the script's own, so that the
 * tree can be renamed, and are absolute, because PostgreSQL changes its directory and would load the machine's libraries.
 */
const WRAPPER = `#!/bin/sh
d=$(cd "\${0%/*}" && pwd -P) && r=$(cd "$d/../../../../.." && pwd -P) || exit 127
for l in "$r"/usr/lib/*-linux-gnu*/ld-linux*.so.*; do [ -e "$l" ] && break; done
exec "$l" --argv0 "$0" --library-path "\${l%/*}:$d/../lib" "$d/\${0##*/}.bin" "$@"
`;

function wrapPrograms(tree: EngineTree): void {
  const folder = programFolder(tree);
  for (const path of PROGRAMS.map((name) => join(folder, name)).filter(existsSync)) {
    renameSync(path, `${path}.bin`);
    writeFileSync(path, WRAPPER, { mode: 0o755 });
  }
}

function unresolvedIn(listing: string, root: string): readonly string[] {
  const isOutside = (line: string): boolean => line.includes('=> /') && !line.includes(`=> ${root}/`);
  return listing.split('\n').filter((line) => line.includes('not found') || isOutside(line));
}

/** Rejects unless every library of every loaded object is found inside the tree. */
async function checkObjects(tree: EngineTree): Promise<void> {
  const { loader, path } = librariesOf(tree);
  for (const object of CHECKED_OBJECTS.map((name) => join(programFolder(tree), '..', name))) {
    const args = ['--inhibit-cache', '--library-path', path, '--list', object];
    const unresolved = unresolvedIn(await runOrThrow({ command: loader, args, deathSignal: 'KILL' }), tree.root);
    if (unresolved.length > 0) throw new Error(`${object} lacks ${unresolved.map((line) => line.trim()).join('; ')}`);
  }
}

/** Throws unless each extension that this one requires, however far, can be created. */
function checkExtension(tree: EngineTree, name: string): void {
  const control = join(extensionFolder(tree), `${name}.control`);
  if (!existsSync(control)) throw new Error(`the packages brought no extension ${name}`);
  const requires = /^\s*requires\s*=\s*'([^']*)'/m.exec(readFileSync(control, 'utf8'))?.[1] ?? '';
  for (const required of requires.split(/[\s,]+/).filter(Boolean)) checkExtension(tree, required);
}

/** Turns unpacked packages into an engine that runs from this folder, and proves that nothing is missing. */
export async function makeRunnable(tree: EngineTree): Promise<void> {
  finishExtensions(tree);
  wrapPrograms(tree);
  // Root's engine runs as another user, whatever our own umask is.
  await runOrThrow({ command: 'chmod', args: ['-R', 'a+rX', tree.root], deathSignal: 'KILL' });
  await checkObjects(tree);
  for (const name of ['documentdb', 'documentdb_extended_rum']) checkExtension(tree, name);
}

/**
 * The tree where this user can run it: where it lies, or else copied into a folder that the user can enter, because
 * PostgreSQL looks for itself by means that no power of root helps.
 */
export async function reachableTree(root: string, options: ReachOptions): Promise<string> {
  const program = join(programFolder({ ...options, root }), 'postgres');
  if (await canRun(options.user, program)) return root;
  const copy = join(options.folder, 'engine');
  await runOrThrow({ command: 'cp', args: ['-a', '--reflink=auto', root, copy], deathSignal: 'KILL' });
  if (await canRun(options.user, join(programFolder({ ...options, root: copy }), 'postgres'))) return copy;
  throw new Error(
    `user ${options.user?.uid} can run the engine neither in ${root} nor in ${copy}: are they mounted noexec?`,
  );
}
