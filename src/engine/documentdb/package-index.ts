/** Reads a package index as it streams in (deb-control(5), Debian policy section 7: relationships). */

export interface Package {
  readonly name: string;
  readonly version: string;
  /** Its dependencies as the index has them; see `dependenciesOf`. */
  readonly relationships: string;
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

/** The value of a field of one line. An index has 60 MB, of which a tenth is looked at: so by search, not by parsing. */
function fieldOf(stanza: string, name: string): string {
  const start = stanza.indexOf(`\n${name}: `);
  if (start < 0) return '';
  const value = start + name.length + 3;
  const end = stanza.indexOf('\n', value);
  return stanza.slice(value, end < 0 ? undefined : end);
}

function parsePackage(stanza: string): Package {
  const relationships = [fieldOf(stanza, 'Pre-Depends'), fieldOf(stanza, 'Depends')].filter(Boolean).join(', ');
  const [name, version] = [fieldOf(stanza, 'Package'), fieldOf(stanza, 'Version')];
  return { name, version, relationships, size: Number(fieldOf(stanza, 'Size')) };
}

/** Groups of alternatives, of each of which one is needed. */
export function dependenciesOf({ relationships }: Package): readonly (readonly string[])[] {
  return relationships
    .split(',')
    .map((group) => namesIn(group, '|'))
    .filter((group) => group.length > 0);
}

/** Takes an index in pieces of any size; nothing but what the closure needs is kept of its 50 MB. */
export function createPackageIndexReader(): PackageIndexReader {
  const packages = new Map<string, Package>();
  const providers = new Map<string, string>();
  let rest = '';
  const add = (text: string): void => {
    const stanza = `\n${text}`;
    const found = parsePackage(stanza);
    if (!found.name) return;
    packages.set(found.name, found);
    for (const virtual of namesIn(fieldOf(stanza, 'Provides'), ',')) {
      if (!providers.has(virtual)) providers.set(virtual, found.name);
    }
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
