/** What an import would do: files to new editions, compared with what is in force; nothing is written here. */
import { buildCdcSets, type CdcResource } from './build.ts';
import { compareEditions, type SetChange } from './compare.ts';
import { BrokenSource, type Source, type SourceName } from './source.ts';

export interface ImportPlan {
  /** What is to be written: new editions of what changes. */
  readonly resources: readonly CdcResource[];
  readonly changes: readonly SetChange[];
  /** Sets that the files are of and that they change nothing of: `CodeSystem/mvx`. */
  readonly unchanged: readonly string[];
}

export interface ImportInput {
  readonly given: readonly Source[];
  /** Every file that the sets in force were made of. */
  readonly inForce: readonly Source[];
  /** The resource in force of that type and id. */
  readonly current: (resourceType: CdcResource['resourceType'], id: string) => Promise<CdcResource | undefined>;
  /** As FHIR date. */
  readonly today: string;
  /** Whether a file may have far fewer records than the one in force. */
  readonly allowFewer: boolean;
}

/** Files that make a set together: where one of them is new, the others are those in force. */
const FAMILIES: readonly (readonly SourceName[])[] = [
  ['cvx'],
  ['mvx'],
  ['vaccine-group'],
  ['cpt'],
  ['trade-name'],
  ['vis', 'vis-url'],
  ['cvx-vis'],
  ['ndc-sale', 'ndc-use', 'ndc-link'],
];

/** @throws BrokenSource where two files are of one kind, or one has lost much of what is in force */
export async function planImport(input: ImportInput): Promise<ImportPlan> {
  checkGiven(input);
  const fresh = buildCdcSets(sourcesOf(input), input.today);
  const compared = await Promise.all(
    fresh.map(async (resource) =>
      compareEditions(await input.current(resource.resourceType, resource.id ?? ''), resource),
    ),
  );
  const changing = compared.filter(({ change }) => change !== undefined);
  return {
    resources: changing.map(({ resource }) => resource),
    changes: changing.flatMap(({ change }) => change ?? []),
    unchanged: compared
      .filter(({ change }) => change === undefined)
      .map(({ resource }) => `${resource.resourceType}/${resource.id}`),
  };
}

function sourcesOf({ given, inForce }: ImportInput): readonly Source[] {
  const names = new Set(given.map(({ name }) => name));
  const touched = new Set(FAMILIES.filter((family) => family.some((name) => names.has(name))).flat());
  return [...given, ...inForce.filter(({ name }) => touched.has(name) && !names.has(name))];
}

/** A file that ends between two records is well-formed: only its length tells. */
const LEAST_PART = 0.9;

function checkGiven({ given, inForce, allowFewer }: ImportInput): void {
  const seen = new Set<SourceName>();
  for (const { name, records } of given) {
    if (seen.has(name)) throw new BrokenSource(`Two of the files are of the kind ${name}.`);
    seen.add(name);
    const known = inForce.find((source) => source.name === name)?.records.length ?? 0;
    if (allowFewer || records.length >= known * LEAST_PART) continue;
    throw new BrokenSource(
      `The ${name} file has ${records.length} records, the one in force has ${known}: it looks cut off. ` +
        'Where it is whole, say --allow-fewer.',
    );
  }
}
