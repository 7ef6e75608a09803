// Runs a task of package.json on a clone that may have nothing installed or built yet: brings both up to date first.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const at = (...path) => join(root, ...path);
const [task, ...args] = process.argv.slice(2);

function run(command, parameters, options = {}) {
  const { status, signal } = spawnSync(command, parameters, { cwd: root, stdio: 'inherit', ...options });
  if (status !== 0) process.exit(status ?? (signal === 'SIGINT' ? 130 : 1));
}

const bin = (name) => at('node_modules', '.bin', name);
const content = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : '');

function install() {
  const wanted = createHash('sha256')
    .update(readFileSync(at('package-lock.json')))
    .digest('hex');
  const stamp = at('node_modules', '.jenner-installed');
  if (content(stamp) === wanted) return;
  // node_modules that npm itself made from this very lock file needs no second installation.
  const isCurrent = spawnSync('npm', ['ls', '--all', '--silent'], { cwd: root, stdio: 'ignore' }).status === 0;
  if (!isCurrent || !existsSync(at('node_modules'))) {
    console.error('Installing dependencies (npm ci) ...');
    run('npm', ['ci', '--no-audit', '--no-fund'], { stdio: ['ignore', 2, 2] });
  }
  writeFileSync(stamp, wanted);
}

function sourceState(...folders) {
  const state = createHash('sha256');
  const visit = (path) => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const file = join(path, entry.name);
      if (entry.isDirectory()) visit(file);
      else state.update(`${file} ${statSync(file).mtimeMs} ${statSync(file).size}\n`);
    }
  };
  for (const folder of folders) visit(at(folder));
  for (const file of ['tsconfig.json', 'tsconfig.build.json', 'package-lock.json'])
    state.update(readFileSync(at(file)));
  return state.digest('hex');
}

function compile(project, target, ...folders) {
  const state = sourceState(...folders);
  const stamp = at(target, '.built');
  if (content(stamp) === state) return;
  // Compiled beside and swapped in, so that a compilation that fails or is killed leaves the last good one.
  const fresh = `${target}.${process.pid}`;
  rmSync(at(fresh), { recursive: true, force: true });
  run(bin('tsc'), ['-p', project, '--outDir', fresh], { stdio: ['ignore', 2, 2] });
  mkdirSync(at(fresh), { recursive: true });
  writeFileSync(at(fresh, '.built'), state);
  rmSync(at(target), { recursive: true, force: true });
  renameSync(at(fresh), at(target));
}

/** Compiles the sources, and with them the checks of structure; each only when what it is made of changed. */
function build() {
  compile('tsconfig.build.json', 'dist', 'src');
  const state = sourceState('dist', 'data/profiles/r4');
  const stamp = at('dist-structure', '.built');
  if (content(stamp) === state) return;
  run(process.execPath, [at('dist', 'build.js')], { stdio: ['ignore', 2, 2] });
  writeFileSync(stamp, state);
}

const lint = () => run(bin('biome'), ['check', ...args]);
const types = () => run(bin('tsc'), ['--noEmit']);
const deadCode = () => run(bin('knip'), []);
const test = () => run(bin('vitest'), ['run', ...args]);

/** Builds, then runs a program of the build in this process. */
function program(file) {
  build();
  return import(pathToFileURL(at('dist', file)).href);
}

function check() {
  for (const step of [lint, types, deadCode, test]) step();
}

function bench() {
  build();
  compile('tsconfig.bench.json', 'dist-bench', 'src', 'bench');
  const program = args[0] === 'validation' ? 'validation.js' : 'main.js';
  return import(pathToFileURL(at('dist-bench', 'bench', program)).href);
}

function develop() {
  build();
  const compiler = spawn(bin('tsc'), ['-p', 'tsconfig.build.json', '--watch', '--preserveWatchOutput'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  const server = spawn(process.execPath, ['--watch', at('dist', 'main.js')], { cwd: root, stdio: 'inherit' });
  const stop = (signal) => {
    compiler.kill(signal);
    server.kill(signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, stop);
  server.on('exit', (code) => {
    compiler.kill();
    process.exitCode = code ?? 0;
  });
}

const tasks = {
  serve: () => program('main.js'),
  jenner: () => program('cli.js'),
  generate: () => program('generate.js'),
  dev: develop,
  build,
  test,
  lint,
  format: () => run(bin('biome'), ['check', '--write', ...args]),
  check,
  bench,
};

if (!tasks[task]) {
  console.error(`Tasks: ${Object.keys(tasks).join(', ')}`);
  process.exit(2);
}
install();
// What a task loads reads its own arguments where any program does.
process.argv = [process.argv[0], process.argv[1], ...args];
await tasks[task]();
