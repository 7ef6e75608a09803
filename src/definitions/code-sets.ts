/** The code sets that come with the server: `data/codesets/resources`, found by an index and read when they are needed. */
import { readdirSync, readFileSync } from 'node:fs';
import {
  type TerminologyEntry,
  type TerminologyResource,
  type TerminologyType,
  terminologyTypes,
} from '../terminology/terminology.ts';
import { brokenDeclaration, isRecord, readDeclaration } from './declaration-file.ts';

const FOLDER = 'data/codesets/resources/';
const INDEX = 'data/codesets/index.json';

/** A code set of this edition of the server. */
export interface BuiltInCodeSet extends TerminologyEntry {
  readonly id: string;
  /** SHA-256 of its file, in hexadecimal digits. */
  readonly fingerprint: string;
  /** The resource as JSON text. */
  text(): string;
}

/** What the index says of each, in the order of the files' names. */
interface IndexRow extends Pick<BuiltInCodeSet, 'id' | 'url' | 'fingerprint'> {
  readonly resourceType: TerminologyType;
  readonly version?: string;
  readonly date?: string;
  readonly aliases?: readonly string[];
}

const TYPES: ReadonlySet<unknown> = new Set(terminologyTypes);

/** @param root of the project, a `file:` URL that ends in `/` @throws Error naming a broken file */
export function loadCodeSets(root: URL): readonly BuiltInCodeSet[] {
  const file = new URL(INDEX, root);
  const rows = readDeclaration(file);
  if (!Array.isArray(rows) || !rows.every(isIndexRow)) throw brokenDeclaration(file, 'is not an index of code sets');
  return rows.map((row) => {
    const { version, date, aliases = [], ...named } = row;
    const text = () => readFileSync(new URL(`${FOLDER}${row.resourceType}-${row.id}.json`, root), 'utf8');
    return { ...named, version, date, aliases, text, read: () => JSON.parse(text()) as TerminologyResource };
  });
}

const isIndexRow = (row: unknown): row is IndexRow =>
  isRecord(row) &&
  TYPES.has(row['resourceType']) &&
  ['id', 'url', 'fingerprint'].every((name) => typeof row[name] === 'string');

/** The index of the files that are there, as text. @param digest the fingerprint of a text */
export function buildCodeSetIndex(root: URL, digest: (text: string) => string): string {
  const folder = new URL(FOLDER, root);
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  const rows = names.toSorted().map((name) => {
    const file = new URL(name, folder);
    const text = readFileSync(file, 'utf8');
    const resource = readDeclaration(file) as TerminologyResource;
    const { resourceType, id = '', url = '', version, date } = resource;
    if (name !== `${resourceType}-${id}.json` || url === '')
      throw brokenDeclaration(file, 'lacks url, or is named otherwise');
    const aliases = aliasesOf(resource);
    return {
      resourceType,
      id,
      url,
      version,
      date,
      ...(aliases.length > 0 ? { aliases } : {}),
      fingerprint: digest(text),
    };
  });
  return `[\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]\n`;
}

/** Identifiers that are URIs are other names of the same. */
export function aliasesOf({ identifier }: TerminologyResource): readonly string[] {
  return [identifier ?? []].flat().flatMap(({ system, value }) => (system === URI && value ? [value] : []));
}

const URI = 'urn:ietf:rfc:3986';
