/** The machine's own apt, pointed at one archive suite and kept away from the machine's state (apt.conf(5)). */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, runOrThrow } from '../child-process.ts';
import { type AptSource, type ArchiveSuite, parseDeb822Sources, parseOneLineSources } from './apt-sources.ts';
import { createPackageIndexReader, type Package, type PackageIndex } from './package-index.ts';

const APT_FOLDER = '/etc/apt';
/** Where archives that name no keyring of their own have their keys, if apt does not trust them anyway. */
const DEBIAN_KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const REQUIRED_PROGRAMS = ['apt-get', 'dpkg', 'dpkg-deb', 'tar', 'setpriv'];

export interface AptClient {
  /** The processor architecture in Debian's words. */
  readonly architecture: string;
  /** Fetches and verifies the index of the suite. */
  readIndex(): Promise<PackageIndex>;
  /** Fetches and verifies packages into a folder; `onBytes` hears how much is there. */
  download(packages: readonly Package[], folder: string, onBytes: (bytes: number) => void): Promise<void>;
}

/** The programs that this way of getting an engine needs and that this machine does not have. */
export function missingPrograms(): readonly string[] {
  return REQUIRED_PROGRAMS.filter((name) => !findProgram(name));
}

function readOptional(path: string): string {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ? readFileSync(path, 'utf8') : '';
}

/** Every package archive in the apt configuration of this machine. */
export function readAptSources(folder: string = APT_FOLDER): readonly AptSource[] {
  const parts = join(folder, 'sources.list.d');
  const names = statSync(parts, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(parts).sort() : [];
  const read = (name: string): string => readOptional(join(parts, name));
  return [
    ...parseOneLineSources(readOptional(join(folder, 'sources.list'))),
    ...names.filter((name) => name.endsWith('.sources')).flatMap((name) => parseDeb822Sources(read(name))),
    ...names.filter((name) => name.endsWith('.list')).flatMap((name) => parseOneLineSources(read(name))),
  ];
}

/** The release name of this machine, such as a Debian or Ubuntu codename. */
export function releaseCodename(): string | undefined {
  return /^VERSION_CODENAME="?([\w-]+)"?$/m.exec(readOptional('/etc/os-release'))?.[1];
}

function sourceLine(place: ArchiveSuite): string {
  const keyring = place.signedBy ?? (readOptional(DEBIAN_KEYRING) ? DEBIAN_KEYRING : undefined);
  const options = keyring ? `[signed-by=${keyring}] ` : '';
  return `deb ${options}${place.uri} ${place.suite} ${place.components.join(' ')}\n`;
}

function isolatedOptions(folder: string, architecture: string): readonly string[] {
  const options: Readonly<Record<string, string>> = {
    'Dir::Etc::sourcelist': join(folder, 'sources.list'),
    'Dir::Etc::sourceparts': join(folder, 'none'),
    'Dir::Etc::preferencesparts': join(folder, 'none'),
    'Dir::Etc::preferences': join(folder, 'none/preferences'),
    'Dir::State': join(folder, 'state'),
    'Dir::State::status': join(folder, 'status'),
    'Dir::Cache': join(folder, 'cache'),
    // A mirror may be a frozen copy whose Valid-Until is long past; signatures and hashes are verified all the same.
    'Acquire::Check-Valid-Until': 'false',
    'Acquire::Languages': 'none',
    'Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled': 'false',
    'Acquire::PDiffs': 'false',
    'Acquire::GzipIndexes': 'false',
    'Acquire::Retries': '2',
    'Acquire::http::Timeout': '10',
    'Acquire::https::Timeout': '10',
    'APT::Architecture': architecture,
    'APT::Architectures': architecture,
    'APT::Sandbox::User': '',
    'APT::Update::Error-Mode': 'any',
    'Debug::NoLocking': 'true',
  };
  return Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
}

function prepareFolder(folder: string, place: ArchiveSuite): void {
  const folders = ['none', 'state/lists/partial', 'cache/archives/partial'];
  for (const name of folders) mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'status'), '');
  writeFileSync(join(folder, 'sources.list'), sourceLine(place));
}

function bytesIn(folder: string): number {
  const sizes = readdirSync(folder).map((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0);
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function readLists(folder: string): Promise<PackageIndex> {
  const reader = createPackageIndexReader();
  const lists = readdirSync(folder).filter((name) => /_Packages(?:\.\w+)?$/.test(name));
  if (lists.length === 0) throw new Error('the archive gave no package index');
  for (const list of lists) {
    const args = ['cat-file', join(folder, list)];
    await runOrThrow({ command: '/usr/lib/apt/apt-helper', args, deathSignal: 'KILL' }, reader.read);
    reader.read('\n\n');
  }
  return reader.finish();
}

const PROGRESS_MS = 150;

/** An apt that sees one suite of one archive, with its files in `folder`. */
export async function createAptClient(place: ArchiveSuite, folder: string): Promise<AptClient> {
  prepareFolder(folder, place);
  const asked = await runOrThrow({ command: 'dpkg', args: ['--print-architecture'], deathSignal: 'KILL' });
  const architecture = asked.trim();
  const options = isolatedOptions(folder, architecture);
  return {
    architecture,
    readIndex: async () => {
      await runOrThrow({ command: 'apt-get', args: ['update', '-q', ...options], deathSignal: 'KILL' });
      return readLists(join(folder, 'state/lists'));
    },
    download: async (packages, target, onBytes) => {
      mkdirSync(target, { recursive: true });
      const timer = setInterval(() => onBytes(bytesIn(target)), PROGRESS_MS);
      const wanted = packages.map(({ name, version }) => `${name}=${version}`);
      const args = ['download', '-q', ...options, ...wanted];
      try {
        await runOrThrow({ command: 'apt-get', args, cwd: target, deathSignal: 'KILL' });
      } finally {
        clearInterval(timer);
      }
    },
  };
}
