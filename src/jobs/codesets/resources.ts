/** The frames of the CodeSystems and ConceptMaps that are made from CDC's files (FHIR R4, codesystem.html, conceptmap.html). */
import type {
  CodeSystem,
  CodeSystemConcept,
  CodeSystemConceptProperty,
  CodeSystemProperty,
  ConceptMap,
  ConceptMapGroup,
  ConceptMapGroupElement,
  ConceptMapGroupElementTarget,
} from '@medplum/fhirtypes';

const PUBLISHER = 'Centers for Disease Control and Prevention';

/** `11/19/2025` or `2025-11-19 00:00:00` or `20251119` → `2025-11-19`; undefined for anything else. */
export function toDate(text: string | undefined): string | undefined {
  const [, month = '', day = '', year] = /^(\d{1,2})\/(\d{1,2})\/(\d{4})/.exec(text ?? '') ?? [];
  if (year) return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const [, y, m, d] = /^(\d{4})-?(\d{2})-?(\d{2})/.exec(text ?? '') ?? [];
  return y && `${y}-${m}-${d}`;
}

/** The latest of FHIR dates of one precision. */
export const latest = (dates: readonly (string | undefined)[]): string | undefined =>
  dates
    .filter((date) => date !== undefined)
    .toSorted()
    .at(-1);

type PropertyType = CodeSystemProperty['type'];

/** Declares properties by code. */
export const declare = (properties: Readonly<Record<string, readonly [PropertyType, string]>>): CodeSystemProperty[] =>
  Object.entries(properties).map(([code, [type, description]]) => {
    const uri = STANDARD.has(code) ? { uri: `http://hl7.org/fhir/concept-properties#${code}` } : {};
    return { code, ...uri, description, type };
  });

const STANDARD: ReadonlySet<string> = new Set(['inactive', 'status', 'parent', 'notSelectable']);

type PropertyValue = keyof Omit<CodeSystemConceptProperty, 'code' | 'id' | 'extension' | 'modifierExtension'>;

/** The property with the value, or nothing where there is no value. */
export const property = (code: string, type: PropertyValue, value: string | boolean | undefined) =>
  value === undefined || value === '' ? [] : [{ code, [type]: value } as CodeSystemConceptProperty];

export const inactiveWhere = (isInactive: boolean): CodeSystemConceptProperty[] =>
  isInactive ? [{ code: 'inactive', valueBoolean: true }] : [];

export interface CodeSystemFrame {
  readonly id: string;
  readonly url: string;
  readonly name: string;
  readonly title: string;
  readonly description?: string;
  readonly oid?: string;
  /** Date of the newest entry. */
  readonly date: string;
  readonly properties: CodeSystemProperty[];
  readonly concept: readonly CodeSystemConcept[];
}

export function codeSystem({
  id,
  url,
  name,
  title,
  description,
  oid,
  date,
  properties,
  concept,
}: CodeSystemFrame): CodeSystem {
  return {
    resourceType: 'CodeSystem',
    id,
    url,
    ...(oid ? { identifier: [{ system: 'urn:ietf:rfc:3986', value: `urn:oid:${oid}` }] } : {}),
    version: date,
    name,
    title,
    status: 'active',
    experimental: false,
    date,
    publisher: PUBLISHER,
    ...(description ? { description } : {}),
    caseSensitive: true,
    content: 'complete',
    count: concept.length,
    property: properties,
    concept: [...concept],
  };
}

export interface ConceptMapFrame {
  readonly id: string;
  readonly url: string;
  readonly name: string;
  readonly title: string;
  readonly date: string;
  readonly copyright?: string;
  readonly group: ConceptMapGroup[];
}

export const conceptMap = ({ id, url, name, title, date, copyright, group }: ConceptMapFrame): ConceptMap => ({
  resourceType: 'ConceptMap',
  id,
  url,
  version: date,
  name,
  title,
  status: 'active',
  experimental: false,
  date,
  publisher: PUBLISHER,
  ...(copyright ? { copyright } : {}),
  group,
});

export interface Pair {
  readonly from: string;
  readonly fromDisplay?: string | undefined;
  readonly to: string;
  readonly toDisplay?: string | undefined;
  readonly comment?: string | undefined;
}

/** Pairs of codes as a group, those of one source code together, each pair once. */
export function group(
  { source, target, equivalence }: Pick<ConceptMapGroup, 'source' | 'target'> & { readonly equivalence: Equivalence },
  pairs: readonly Pair[],
): ConceptMapGroup {
  const byCode = new Map<string, Map<string, Pair>>();
  for (const pair of pairs) {
    const targets = byCode.get(pair.from) ?? new Map<string, Pair>();
    byCode.set(pair.from, targets);
    if (!targets.has(pair.to)) targets.set(pair.to, pair);
  }
  const element = [...byCode]
    .map(([code, targets]) => toElement(code, [...targets.values()], equivalence))
    .toSorted((a, b) => (a.code < b.code ? -1 : 1));
  return { ...(source ? { source } : {}), ...(target ? { target } : {}), element };
}

function toElement(
  code: string,
  pairs: readonly Pair[],
  equivalence: Equivalence,
): ConceptMapGroupElement & { readonly code: string } {
  const display = pairs.find(({ fromDisplay }) => fromDisplay)?.fromDisplay;
  const target = pairs.map(({ to, toDisplay, comment }) => ({
    code: to,
    ...(toDisplay ? { display: toDisplay } : {}),
    equivalence,
    ...(comment ? { comment } : {}),
  }));
  return { code, ...(display ? { display } : {}), target };
}

type Equivalence = NonNullable<ConceptMapGroupElementTarget['equivalence']>;
