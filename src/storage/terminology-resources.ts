/**
 * The code systems, value sets and concept maps that are stored, kept compiled beside the requests (FHIR R4,
 * terminology-module.html): what is written here or on another server is in force without a restart.
 */
import { aliasesOf, type BuiltInCodeSet } from '../definitions/code-sets.ts';
import { parseJson } from '../fhir/resource-content.ts';
import type { Terminology as SearchTerminology } from '../search/terminology.ts';
import { createTerminology } from '../terminology/compiled-terminology.ts';
import {
  type Terminology,
  type TerminologyEntry,
  type TerminologyResource,
  type TerminologyType,
  terminologyTypes,
} from '../terminology/terminology.ts';
import type { Database, ResourceDocument } from './database.ts';

/** Which version of each built-in code set this database was given, and its fingerprint then. */
export interface SeedRecord {
  readonly _id: 'code-sets';
  /** Fingerprint of the whole edition. */
  readonly edition: string;
  /** By `Type/id`. */
  readonly seeded: Readonly<Record<string, { readonly fingerprint: string; readonly version: number }>>;
}

export interface StoredTerminology {
  /** Answers from what was known at the last look; always the same object. */
  readonly terminology: Terminology;
  /** Looks for what was written since the last time. */
  refresh(): Promise<void>;
  /** Something may have been written here: the next `current` looks first. */
  markStale(): void;
  /** The terminology with everything in it that was written through this server. */
  current(): Promise<Terminology>;
}

/** What a server knows of a stored resource. */
interface KnownResource {
  readonly version: number;
  /** Undefined for one that was deleted. */
  readonly entry: TerminologyEntry | undefined;
}

/** Clocks of servers differ: changes are looked for from this long before the newest that is known, in milliseconds. */
const OVERLAP_MS = 60_000;

export function storedTerminology(database: Database, builtIn: readonly BuiltInCodeSet[]): StoredTerminology {
  const known = new Map<string, KnownResource>();
  const builtInByKey = new Map(builtIn.map((entry) => [`${entry.resourceType}/${entry.id}`, entry]));
  let since: Date | undefined;
  let now = createTerminology(builtIn);
  let isStale = false;
  const look = async () => {
    isStale = false;
    const looking = { database, builtInByKey, known, since };
    const { changes, newest } = await findChanges(looking);
    for (const [key, change] of changes) known.set(key, change);
    since = newest;
    if (changes.length > 0) now = createTerminology(entriesInForce(builtInByKey, known));
  };
  const refresh = oneAtATime(look);
  const terminology = delegating(() => now);
  return {
    terminology,
    refresh,
    markStale: () => {
      isStale = true;
    },
    current: async () => {
      // While the database can't be reached, what is known stays in force.
      if (isStale)
        await refresh().catch(() => {
          isStale = true;
        });
      return terminology;
    },
  };
}

/** A call while another runs waits for a run that begins after it was made. */
function oneAtATime(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const start = (): Promise<void> => {
    running = work().finally(() => {
      running = undefined;
    });
    return running;
  };
  return () => {
    if (!running) return start();
    next ??= running
      .catch(() => {})
      .then(() => {
        next = undefined;
        return start();
      });
    return next;
  };
}

interface Looking {
  readonly database: Database;
  readonly builtInByKey: ReadonlyMap<string, BuiltInCodeSet>;
  readonly known: ReadonlyMap<string, KnownResource>;
  readonly since: Date | undefined;
}

type Change = readonly [key: string, change: KnownResource];
type Outline = Pick<ResourceDocument, '_id' | 'v' | 'lu' | 'del'>;

async function findChanges(
  looking: Looking,
): Promise<{ readonly changes: readonly Change[]; readonly newest: Date | undefined }> {
  const seeded = looking.since === undefined ? await loadSeeded(looking.database) : {};
  const found = await Promise.all(terminologyTypes.map((type) => changesOfType(type, looking, seeded)));
  const times = found.flatMap(({ newest }) => newest ?? []).concat(looking.since ?? []);
  const newest = times.toSorted((a, b) => a.getTime() - b.getTime()).at(-1) ?? new Date(0);
  return { changes: found.flatMap(({ changes }) => changes), newest };
}

export const seedRecords = ({ db }: Database) => db.collection<SeedRecord>('jenner_schema');

const loadSeeded = async (database: Database): Promise<SeedRecord['seeded']> =>
  (await seedRecords(database).findOne({ _id: 'code-sets' }))?.seeded ?? {};

async function changesOfType(
  resourceType: TerminologyType,
  { database, builtInByKey, known, since }: Looking,
  seeded: SeedRecord['seeded'],
): Promise<{ readonly changes: readonly Change[]; readonly newest: Date | undefined }> {
  const collection = database.current(resourceType);
  const filter = since === undefined ? {} : { lu: { $gte: new Date(since.getTime() - OVERLAP_MS) } };
  const outlines: Outline[] = await collection.find(filter, { projection: { v: 1, lu: 1, del: 1 } }).toArray();
  const changed = outlines.filter(({ _id, v }) => known.get(`${resourceType}/${_id}`)?.version !== v);
  const changes: Change[] = [];
  const toRead: string[] = [];
  for (const { _id, v, del } of changed) {
    const key = `${resourceType}/${_id}`;
    const own = builtInByKey.get(key);
    const seed = seeded[key];
    if (del) changes.push([key, { version: v, entry: undefined }]);
    // What this edition put there is read from its file, when it is needed.
    else if (own && seed?.version === v && seed.fingerprint === own.fingerprint)
      changes.push([key, { version: v, entry: own }]);
    else toRead.push(_id);
  }
  const documents =
    toRead.length === 0
      ? []
      : await collection.find({ _id: { $in: toRead } }, { projection: { v: 1, body: 1 } }).toArray();
  for (const { _id, v, body } of documents)
    changes.push([`${resourceType}/${_id}`, { version: v, entry: toEntry(body) }]);
  return { changes, newest: latestOf(outlines) };
}

const latestOf = (outlines: readonly Outline[]): Date | undefined =>
  outlines
    .map(({ lu }) => lu)
    .toSorted((a, b) => a.getTime() - b.getTime())
    .at(-1);

/** Undefined for a resource that has no URL to be found by, and for one that was deleted in the meantime. */
function toEntry(body: string | undefined): TerminologyEntry | undefined {
  if (body === undefined) return undefined;
  const resource = parseJson(body) as TerminologyResource;
  const { resourceType, url, version, date } = resource;
  if (url === undefined) return undefined;
  return { resourceType, url, version, date, aliases: aliasesOf(resource), read: () => resource };
}

function entriesInForce(
  builtInByKey: ReadonlyMap<string, BuiltInCodeSet>,
  known: ReadonlyMap<string, KnownResource>,
): readonly TerminologyEntry[] {
  // Stored resources first: of two editions that are equally new, the stored one is in force.
  const stored = [...known.values()].flatMap(({ entry }) => entry ?? []);
  const others = [...builtInByKey].filter(([key]) => !known.has(key)).map(([, entry]) => entry);
  return [...stored, ...others];
}

/** What searches with `:in`, `:above` and `:below` ask. */
export function searchTerminology(terminology: Terminology): SearchTerminology {
  return {
    expandValueSet: (url) => terminology.expansion(url),
    subsumption: ({ system, code }, direction) =>
      terminology[direction](system, code)?.map((related) => ({ system, code: related })),
  };
}

/** The same object for as long as the server runs, whatever is in force behind it. */
function delegating(now: () => Terminology): Terminology {
  return {
    codeSystem: (url) => now().codeSystem(url),
    valueSet: (url) => now().valueSet(url),
    conceptMap: (url) => now().conceptMap(url),
    conceptMaps: () => now().conceptMaps(),
    codeSystems: () => now().codeSystems(),
    compileCodeSystem: (resource) => now().compileCodeSystem(resource),
    compileValueSet: (resource) => now().compileValueSet(resource),
    compileConceptMap: (resource) => now().compileConceptMap(resource),
    expansion: (valueSet) => now().expansion(valueSet),
    below: (system, code) => now().below(system, code),
    above: (system, code) => now().above(system, code),
    checkCode: (binding, code) => now().checkCode(binding, code),
    checkCoding: (binding, coding) => now().checkCoding(binding, coding),
    checkCodeableConcept: (binding, concept) => now().checkCodeableConcept(binding, concept),
  };
}
