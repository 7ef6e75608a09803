/** Which stored doses carry the codes that an import changes, counted by search (FHIR R4, http.html#search). */
import type { CodeSystem } from '@medplum/fhirtypes';
import { FhirError } from '../../fhir/error.ts';
import type { Caller, Perform } from '../../interactions/perform.ts';
import type { CdcResource } from './build.ts';
import type { SetChange } from './compare.ts';
import { CVX, MVX, NDC } from './urls.ts';

/** Doses that carry a code that was added, changed or retired. */
export interface AffectedDoses {
  readonly system: string;
  readonly code: string;
  /** Undefined where the database could not count them in the time of one search. */
  readonly doses: number | undefined;
}

/** How the doses of a code system are searched for, and the changes of which sets concern them. */
const COUNTED: readonly { readonly system: string; readonly parameter: string; readonly sets: readonly string[] }[] = [
  { system: CVX, parameter: 'vaccine-code', sets: ['CodeSystem/cvx', 'ConceptMap/cvx-vaccine-group'] },
  { system: NDC, parameter: 'vaccine-code', sets: ['CodeSystem/ndc', 'ConceptMap/ndc-cvx'] },
  { system: MVX, parameter: 'manufacturer:identifier', sets: ['CodeSystem/mvx'] },
];

export interface Counting {
  readonly perform: Perform;
  readonly caller: Caller;
  /** New editions: they know the other forms of a code. */
  readonly resources: readonly CdcResource[];
  /** Told after each code. */
  readonly progress: (done: number, total: number) => void;
}

/** Codes that no dose carries are left out. */
export async function countAffected(
  changes: readonly SetChange[],
  counting: Counting,
): Promise<readonly AffectedDoses[]> {
  const asked = COUNTED.flatMap(({ system, parameter, sets }) =>
    codesOf(changes, sets).map((code) => ({ system, parameter, code })),
  );
  const found: AffectedDoses[] = [];
  for (const [index, { system, parameter, code }] of asked.entries()) {
    const forms = [code, ...otherForms(counting.resources, system, code)];
    const doses = await countDoses(counting, parameter, forms.map((form) => `${system}|${form}`).join(','));
    if (doses !== 0) found.push({ system, code, doses });
    counting.progress(index + 1, asked.length);
  }
  return found;
}

function codesOf(changes: readonly SetChange[], sets: readonly string[]): readonly string[] {
  const codes = changes
    .filter(({ set }) => sets.includes(set))
    .flatMap(({ added, changed, retired }) => [...added, ...changed, ...retired]);
  return [...new Set(codes)];
}

function otherForms(resources: readonly CdcResource[], system: string, code: string): readonly string[] {
  const codeSystem = resources.find(
    (resource): resource is CodeSystem => resource.resourceType === 'CodeSystem' && resource.url === system,
  );
  const concept = codeSystem?.concept?.find((entry) => entry.code === code);
  return (concept?.property ?? []).flatMap(({ code: name, valueCode }) =>
    name === 'alternateCode' && valueCode !== undefined ? [valueCode] : [],
  );
}

async function countDoses(
  { perform, caller }: Counting,
  parameter: string,
  value: string,
): Promise<number | undefined> {
  try {
    const params = { [parameter]: value, _count: '0' };
    const { body = '{}' } = await perform({ code: 'search-type', resourceType: 'Immunization', params }, caller);
    return (JSON.parse(body) as { readonly total?: number }).total;
  } catch (error) {
    if (error instanceof FhirError && error.status === 503) return undefined;
    throw error;
  }
}
