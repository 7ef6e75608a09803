/** Elements of FHIR JSON whose form nobody has checked: what has another form than asked for is not there (FHIR R4, json.html). */
import { isObject, type JsonObject } from '../../../fhir/resource-content.ts';

/** A code and the system that it is of; either may be missing. */
export interface Coding {
  readonly system: string | undefined;
  readonly code: string | undefined;
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function objectOf(value: unknown): JsonObject | undefined {
  return isObject(value) ? value : undefined;
}

/** The objects of a repeating element. */
export function objectsOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The codings of a CodeableConcept. */
export function codingsOf(concept: unknown): readonly Coding[] {
  return objectsOf(objectOf(concept)?.['coding']).map(({ system, code }) => ({
    system: textOf(system),
    code: textOf(code),
  }));
}

/** Whether a CodeableConcept has one of the codes, whatever their system. */
export function hasCode(concept: unknown, codes: ReadonlySet<string>): boolean {
  return codingsOf(concept).some(({ code }) => code !== undefined && codes.has(code));
}

/** The extensions of that URL. */
export function extensionsOf(element: JsonObject, url: string): readonly JsonObject[] {
  return objectsOf(element['extension']).filter((extension) => extension['url'] === url);
}
