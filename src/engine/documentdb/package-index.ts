/** Reads a package index as it streams in (deb-control(5), Debian policy section 7: relationships). */

export interface Package {
  readonly name: string;
  readonly version: string;
  /** Groups of alternatives, of each of which one is needed. */
  readonly dependencies: readonly (readonly string[])[];
  readonly provides: readonly string[];
  /** Bytes to download. */
  readonly size: number;
}

export interface PackageIndex {
  readonly packages: ReadonlyMap<string, Package>;
  /** The first package that provides a virtual one. */
  readonly providers: ReadonlyMap<string, string>;
}

export interface PackageIndexReader {
  /** Takes the next piece of the index text. */
  read(chunk: string): void;
  /** Call when the text is complete. */
  finish(): PackageIndex;
}

function namesIn(relationship: string, separator: string): readonly string[] {
  return relationship
    .split(separator)
    .map((part) => part.trim().split(/[ (:[]/, 1)[0] ?? '')
    .filter(Boolean);
}

function fieldsOf(stanza: string): ReadonlyMap<string, string> {
  const fields = stanza.split('\n').flatMap((line) => {
    const colon = line.indexOf(': ');
    return colon < 1 || line.startsWith(' ') ? [] : [[line.slice(0, colon), line.slice(colon + 2)] as const];
  });
  return new Map(fields);
}

function parsePackage(stanza: string): Package | undefined {
  const fields = fieldsOf(stanza);
  const name = fields.get('Package');
  if (!name) return undefined;
  const groups = [fields.get('Pre-Depends'), fields.get('Depends')].flatMap((field) => (field ?? '').split(','));
  return {
    name,
    version: fields.get('Version') ?? '',
    dependencies: groups.map((group) => namesIn(group, '|')).filter((group) => group.length > 0),
    provides: namesIn(fields.get('Provides') ?? '', ','),
    size: Number(fields.get('Size') ?? 0),
  };
}

/** Takes an index in pieces of any size; nothing but what the closure needs is kept of its 50 MB. */
export function createPackageIndexReader(): PackageIndexReader {
  const packages = new Map<string, Package>();
  const providers = new Map<string, string>();
  let rest = '';
  const add = (stanza: string): void => {
    const found = parsePackage(stanza);
    if (!found) return;
    packages.set(found.name, found);
    for (const virtual of found.provides) if (!providers.has(virtual)) providers.set(virtual, found.name);
  };
  return {
    read: (chunk) => {
      const stanzas = `${rest}${chunk}`.split('\n\n');
      rest = stanzas.pop() ?? '';
      for (const stanza of stanzas) add(stanza);
    },
    finish: () => {
      add(rest);
      rest = '';
      return { packages, providers };
    },
  };
}
