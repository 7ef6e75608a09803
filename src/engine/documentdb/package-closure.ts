/** Chooses the packages that a DocumentDB engine needs to run, and no more (Debian policy section 7.2). */
import { dependenciesOf, type Package, type PackageIndex } from './package-index.ts';

export interface PackageClosure {
  readonly postgresMajor: number;
  readonly documentdbVersion: string;
  readonly packages: readonly Package[];
}

/**
 * Dependencies that a relocated engine never loads: maintenance scripts, raster and 3D geometry, languages, and the
 * pieces of an operating system. The self-check of the unpacked tree proves that none was missed.
 */
const NOT_NEEDED = [
  /^libgdal|^gdal-|^proj-data$|^libsfcgal|^libboost|^libdb5|^libxslt/,
  /^postgresql-(?:client-)?common$|^postgresql-\d+-rum$|^postgresql-\d+-postgis-\d+-scripts-/,
  /^perl|^libperl|^libjson-perl|^python|^libpython|^libllvm|^gcc-\d+-base$/,
  /^debconf|^cdebconf|^ssl-cert|^locales|^tzdata|^dpkg$|^systemd|^init-system-helpers|^sensible-utils/,
  /^adduser|^ucf$|^netbase|^openssl|^coreutils|^bash|^fontconfig|^fonts-|^libsemanage|^passwd$|^lsb-base/,
  /^libgcrypt|^libgpg-error|^libc-gconv|^libuuid|^readline-common/,
];

const ENGINE_PACKAGE = /^postgresql-(\d+)-documentdb$/;

function isNotNeeded(name: string): boolean {
  return NOT_NEEDED.some((pattern) => pattern.test(name));
}

/** The packages by which an index offers the engine, newest PostgreSQL first. */
function enginePackages(index: PackageIndex): readonly { readonly name: string; readonly major: number }[] {
  return [...index.packages.keys()]
    .flatMap((name) => {
      const major = Number(ENGINE_PACKAGE.exec(name)?.[1] ?? 0);
      return major > 0 ? [{ name, major }] : [];
    })
    .sort((a, b) => b.major - a.major);
}

function chooseAlternative(group: readonly string[], index: PackageIndex): string | undefined {
  const real = group.find((name) => index.packages.has(name));
  if (real) return real;
  const virtual = group.find((name) => index.providers.has(name));
  return virtual && index.providers.get(virtual);
}

function walk(root: string, index: PackageIndex, isSkipped: (name: string) => boolean): readonly Package[] {
  const chosen = new Map<string, Package>();
  const queue = [root];
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    const found = index.packages.get(name);
    if (!found || chosen.has(name)) continue;
    chosen.set(name, found);
    const groups = dependenciesOf(found).filter((group) => !group.some(isSkipped));
    const needed = groups.map((group) => chooseAlternative(group, index));
    queue.push(...needed.filter((dependency) => dependency !== undefined && !isSkipped(dependency)).map(String));
  }
  return [...chosen.values()];
}

export interface ClosureOptions {
  /** `lean` leaves out what the engine never loads, `whole` takes every dependency. */
  readonly extent: 'lean' | 'whole';
  /** The major version of PostgreSQL; the newest where it does not matter. */
  readonly postgresMajor?: number | undefined;
}

/** The engine and its dependencies; undefined when the index does not have the engine. */
export function closePackages(index: PackageIndex, options: ClosureOptions): PackageClosure | undefined {
  const { postgresMajor, extent } = options;
  const engine = enginePackages(index).find(({ major }) => postgresMajor === undefined || major === postgresMajor);
  if (!engine) return undefined;
  const packages = walk(engine.name, index, extent === 'lean' ? isNotNeeded : () => false);
  const documentdbVersion = index.packages.get(engine.name)?.version ?? '';
  return { postgresMajor: engine.major, documentdbVersion, packages };
}
