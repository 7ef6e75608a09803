/** What a new edition changes, and what of the old one stays (FHIR R4, codesystem.html, conceptmap.html). */
import type {
  CodeSystem,
  CodeSystemConcept,
  ConceptMap,
  ConceptMapGroup,
  ConceptMapGroupElement,
} from '@medplum/fhirtypes';
import type { CdcResource } from './build.ts';

/** The changes of one code system or concept map. */
export interface SetChange {
  /** `CodeSystem/cvx` */
  readonly set: string;
  readonly url: string;
  readonly title: string;
  /** Dates of the editions; the old one is undefined where there was none. */
  readonly from: string | undefined;
  readonly to: string;
  readonly codes: number;
  readonly added: readonly string[];
  readonly changed: readonly string[];
  /** Codes that became inactive, or that the new file no longer has: they stay valid for what is recorded. */
  readonly retired: readonly string[];
}

export interface Comparison {
  /** The new edition with what the old one had and the file has not. */
  readonly resource: CdcResource;
  /** Undefined where nothing changes. */
  readonly change: SetChange | undefined;
}

export function compareEditions(old: CdcResource | undefined, fresh: CdcResource): Comparison {
  const resource = keepOld(old, fresh);
  const [before, after] = [entriesOf(old), entriesOf(resource)];
  const codes = [...after.keys()];
  const added = codes.filter((code) => !before.has(code));
  const differing = codes.filter((code) => before.has(code) && before.get(code)?.text !== after.get(code)?.text);
  const retired = differing.filter((code) => after.get(code)?.isInactive && !before.get(code)?.isInactive);
  const gone = [...before.keys()].filter((code) => !after.has(code));
  const changed = differing.filter((code) => !retired.includes(code));
  const isSame = old !== undefined && added.length + differing.length + gone.length === 0 && sameFrame(old, resource);
  const { resourceType, id = '', url = '', title = '', date = '' } = resource;
  const change = {
    set: `${resourceType}/${id}`,
    url,
    title,
    from: old?.date,
    to: date,
    codes: after.size,
    added,
    changed,
  };
  return { resource, change: isSame ? undefined : { ...change, retired: [...retired, ...gone] } };
}

interface Entry {
  readonly text: string;
  readonly isInactive: boolean;
}

const isInactive = ({ property = [] }: CodeSystemConcept): boolean =>
  property.some(({ code, valueBoolean }) => code === 'inactive' && valueBoolean === true);

/** By code; of a map, by the code that it is from, all its groups together. */
function entriesOf(resource: CdcResource | undefined): ReadonlyMap<string, Entry> {
  if (resource === undefined) return new Map();
  if (resource.resourceType === 'CodeSystem') {
    return new Map(
      (resource.concept ?? []).map((concept) => [
        concept.code ?? '',
        { text: JSON.stringify(concept), isInactive: isInactive(concept) },
      ]),
    );
  }
  const entries = new Map<string, Entry>();
  for (const { target, element = [] } of resource.group ?? []) {
    for (const { code = '', ...mapping } of element) {
      const text = `${entries.get(code)?.text ?? ''}${target} ${JSON.stringify(mapping)}`;
      entries.set(code, { text, isInactive: false });
    }
  }
  return entries;
}

/** Whether all but the entries is the same. Where a file says nothing of dates, the day of the import is no change. */
function sameFrame(old: CdcResource, fresh: CdcResource): boolean {
  const frame = ({ title, description, url, status }: CdcResource) => JSON.stringify([title, description, url, status]);
  return frame(old) === frame(fresh);
}

function keepOld(old: CdcResource | undefined, fresh: CdcResource): CdcResource {
  if (old?.resourceType === 'CodeSystem' && fresh.resourceType === 'CodeSystem') return keepConcepts(old, fresh);
  if (old?.resourceType === 'ConceptMap' && fresh.resourceType === 'ConceptMap') return keepMappings(old, fresh);
  return fresh;
}

/** CDC's files never lose a code; one that is missing is no longer for use, and stays what it was in the records. */
function keepConcepts(old: CodeSystem, fresh: CodeSystem): CodeSystem {
  const codes = new Set((fresh.concept ?? []).map(({ code }) => code));
  const kept = (old.concept ?? []).filter(({ code }) => !codes.has(code)).map(retire);
  if (kept.length === 0) return fresh;
  const concept = [...(fresh.concept ?? []), ...kept];
  return { ...fresh, count: concept.length, concept };
}

function retire(concept: CodeSystemConcept): CodeSystemConcept {
  if (isInactive(concept)) return concept;
  const others = (concept.property ?? []).filter(({ code }) => code !== 'status' && code !== 'inactive');
  const property = [{ code: 'status', valueCode: 'Retired' }, { code: 'inactive', valueBoolean: true }, ...others];
  return { ...concept, property };
}

/** What a code that is no longer in the file was mapped to is still what it means in the records. */
function keepMappings(old: ConceptMap, fresh: ConceptMap): ConceptMap {
  const known = entriesOf(fresh);
  const keptFor = ({ source, target }: ConceptMapGroup): readonly ConceptMapGroupElement[] =>
    (old.group ?? [])
      .filter((group) => group.source === source && group.target === target)
      .flatMap(({ element = [] }) => element.filter(({ code = '' }) => !known.has(code)));
  const group = (fresh.group ?? []).map((entry) => ({
    ...entry,
    element: [...(entry.element ?? []), ...keptFor(entry)],
  }));
  return { ...fresh, group };
}
