/** The marks of synthetic data: security label HTEST and a tag of our own (FHIR R4, resource.html#Meta). */

import type { Coding, Meta } from '@medplum/fhirtypes';
import { objectMembers } from '../../fhir/json-text.ts';

/** The system of the tags this project gives. */
const TAG_SYSTEM = 'urn:jenner:tag';

const TEST_HEALTH_DATA: Coding = {
  system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason',
  code: 'HTEST',
  display: 'test health data',
};

const SYNTHETIC: Coding = {
  system: TAG_SYSTEM,
  code: 'synthetic-demonstration',
  display: 'Synthetic demonstration data',
};

const withCoding = (codings: readonly Coding[] | undefined, coding: Coding): Coding[] => {
  const present = codings?.some(({ system, code }) => system === coding.system && code === coding.code);
  return present ? [...(codings ?? [])] : [...(codings ?? []), coding];
};

/** The meta with both marks, each once. */
export const markedMeta = (meta: Meta): Meta => ({
  ...meta,
  security: withCoding(meta.security, TEST_HEALTH_DATA),
  tag: withCoding(meta.tag, SYNTHETIC),
});

/** The text of a resource with both marks in its meta, everything else as it was. */
export function markSynthetic(text: string): string {
  const members = objectMembers(text);
  const present = members.find(({ key }) => key === 'meta');
  if (present) {
    const meta = JSON.parse(text.slice(present.start, present.end)) as Meta;
    return text.slice(0, present.start) + JSON.stringify(markedMeta(meta)) + text.slice(present.end);
  }
  const type = members.find(({ key }) => key === 'resourceType');
  const at = type?.end ?? 0;
  return `${text.slice(0, at)},"meta":${JSON.stringify(markedMeta({}))}${text.slice(at)}`;
}
