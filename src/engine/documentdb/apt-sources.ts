/** The package archives that this machine already trusts (sources.list(5), one-line and deb822 formats). */

export interface AptSource {
  readonly uri: string;
  readonly suites: readonly string[];
  readonly components: readonly string[];
  /** What its `Signed-By` names: paths of keyrings; undefined for the keys that apt trusts for everything. */
  readonly signedBy?: string;
}

/** A suite of an archive that may have the engine's packages. */
export interface ArchiveSuite {
  readonly uri: string;
  readonly suite: string;
  readonly components: readonly string[];
  readonly signedBy?: string;
}

function oneLineOptions(text: string | undefined): ReadonlyMap<string, string> {
  const pairs = [...(text ?? '').matchAll(/([\w-]+)\s*=\s*(\S+)/g)];
  return new Map(pairs.map(([, name = '', value = '']) => [name.toLowerCase(), value]));
}

const ONE_LINE = /^deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)((?:\s+[^\s#]+)*)/;

/** The binary package sources of a `*.list` file. */
export function parseOneLineSources(text: string): readonly AptSource[] {
  return text.split('\n').flatMap((line) => {
    const [, options, uri, suite, components] = ONE_LINE.exec(line.trim()) ?? [];
    if (!uri || !suite) return [];
    const signedBy = oneLineOptions(options).get('signed-by');
    const source = { uri, suites: [suite], components: (components ?? '').split(/\s+/).filter(Boolean) };
    return [signedBy ? { ...source, signedBy } : source];
  });
}

/** Field names are case-insensitive; a line that begins with a space continues the one before. */
function parseFields(stanza: string): ReadonlyMap<string, string> {
  const lines = stanza.split('\n').filter((line) => !line.startsWith('#'));
  const joined = lines.join('\n').replace(/\n[ \t]+/g, '\n ');
  const fields = joined.replace(/\n /g, ' ').split('\n');
  return new Map(
    fields.flatMap((field) => {
      const colon = field.indexOf(':');
      return colon < 1 ? [] : [[field.slice(0, colon).trim().toLowerCase(), field.slice(colon + 1).trim()] as const];
    }),
  );
}

function words(text: string | undefined): readonly string[] {
  return (text ?? '').split(/\s+/).filter(Boolean);
}

/** The binary package sources of a `*.sources` file. */
export function parseDeb822Sources(text: string): readonly AptSource[] {
  return text.split(/\n\s*\n/).flatMap((stanza) => {
    const fields = parseFields(stanza);
    const isUsed = words(fields.get('types')).includes('deb') && fields.get('enabled')?.toLowerCase() !== 'no';
    if (!isUsed) return [];
    const signedBy = fields.get('signed-by');
    const isKeyring = signedBy?.startsWith('/');
    return words(fields.get('uris')).map((uri) => ({
      uri,
      suites: words(fields.get('suites')),
      components: words(fields.get('components')),
      ...(signedBy && isKeyring ? { signedBy: words(signedBy).join(',') } : {}),
    }));
  });
}

/** Suites of Debian that carry (or will carry) PostgreSQL with DocumentDB, most settled first. */
const DEBIAN_SUITES = ['forky', 'sid'];
/** Suites are named after releases; an archive of somebody else's packages has its own suite names or no `main`. */
const DEBIAN_RELEASES = /^(?:bullseye|bookworm|trixie|forky|duke|sid|oldoldstable|oldstable|stable|testing|unstable)$/;
const UBUNTU_KEYRING = 'ubuntu';

function isDebianArchive(source: AptSource): boolean {
  return source.components.includes('main') && source.suites.some((suite) => DEBIAN_RELEASES.test(suite));
}

function isUbuntuArchive(source: AptSource, codename: string | undefined): boolean {
  const isReleased = source.suites.some((suite) => suite === codename);
  return isReleased && source.components.includes('main') && (source.signedBy?.includes(UBUNTU_KEYRING) ?? true);
}

function suitesOf(source: AptSource, codename: string | undefined): readonly string[] {
  if (isDebianArchive(source)) return DEBIAN_SUITES;
  return isUbuntuArchive(source, codename) ? [codename ?? '', 'devel'] : [];
}

/** Where to look for the engine, best place first; `codename` is the release of this machine. */
export function archiveSuites(sources: readonly AptSource[], codename?: string): readonly ArchiveSuite[] {
  const places = sources
    .filter((source) => !source.uri.startsWith('cdrom:'))
    .flatMap((source) =>
      suitesOf(source, codename).map((suite, rank) => {
        const components = isDebianArchive(source) ? ['main'] : ['main', 'universe'];
        const place = { uri: source.uri.replace(/\/+$/, ''), suite, components };
        return { rank, place: source.signedBy ? { ...place, signedBy: source.signedBy } : place };
      }),
    )
    .sort((a, b) => a.rank - b.rank)
    .map(({ place }) => place);
  const isFirst = (place: ArchiveSuite, index: number): boolean =>
    places.findIndex((other) => other.uri === place.uri && other.suite === place.suite) === index;
  return places.filter(isFirst);
}
