/** The value sets that R4 binds to elements as required, expanded (FHIR R4, terminologies.html#required). */
import { brokenDeclaration, isRecord, isTextList, readDeclaration } from './declaration-file.ts';

/** The codes of a value set, by code system. */
export type CodesBySystem = ReadonlyMap<string, readonly string[]>;

export interface RequiredBindings {
  /** Canonical URL of the value set that an element is bound to, by the element's path: `Patient.gender`. */
  readonly valueSetOf: ReadonlyMap<string, string>;
  /** By canonical URL; value sets that can't be listed (mime types) are left out. */
  readonly valueSets: ReadonlyMap<string, CodesBySystem>;
}

/** @param root of the project, a `file:` URL that ends in `/` */
export function loadRequiredBindings(root: URL): RequiredBindings {
  const file = new URL('data/profiles/r4/required-bindings.json', root);
  const content = readDeclaration(file);
  if (!isRecord(content) || !isTextRecord(content['bindings']) || !isValueSets(content['valueSets'])) {
    throw brokenDeclaration(file, 'is not bindings by path and value sets as lists of codes by system');
  }
  const valueSets = Object.entries(content['valueSets']);
  return {
    valueSetOf: new Map(Object.entries(content['bindings'])),
    valueSets: new Map(valueSets.map(([url, codes]) => [url, new Map(Object.entries(codes))])),
  };
}

const isTextRecord = (value: unknown): value is Readonly<Record<string, string>> =>
  isRecord(value) && Object.values(value).every((item) => typeof item === 'string');

type ValueSets = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

const isValueSets = (value: unknown): value is ValueSets =>
  isRecord(value) && Object.values(value).every((set) => isRecord(set) && Object.values(set).every(isTextList));
