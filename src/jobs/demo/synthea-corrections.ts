/** What Synthea's cut-down files say that is not so (US Core 6.1.0, us-core-practitioner; FHIR R4, references.html). */

import type { Meta, Practitioner, Resource } from '@medplum/fhirtypes';
import { objectMembers } from '../../fhir/json-text.ts';
import { usCore } from './concepts.ts';
import { isNationalProviderIdentifier } from './npi.ts';

/** The text of a resource without a reference to an Encounter that no file has and without a claim it does not meet. */
export function corrected(text: string): string {
  const resource = JSON.parse(text) as Resource;
  if (resource.resourceType === 'Immunization' && resource.encounter?.reference?.startsWith('urn:uuid:')) {
    return withMember(text, 'encounter', undefined);
  }
  if (resource.resourceType === 'Practitioner' && resource.meta && !hasValidNumbers(resource)) {
    return withMember(text, 'meta', JSON.stringify(withoutClaim(resource.meta)));
  }
  return text;
}

const hasValidNumbers = ({ identifier }: Practitioner): boolean =>
  (identifier ?? []).every(
    ({ system, value }) => system !== 'http://hl7.org/fhir/sid/us-npi' || isNationalProviderIdentifier(value ?? ''),
  );

function withoutClaim({ profile, ...meta }: Meta): Meta {
  const met = (profile ?? []).filter((url) => url !== usCore('practitioner'));
  return met.length > 0 ? { ...meta, profile: met } : meta;
}

/** The object with another text for a member, or without it; the other members keep theirs. */
function withMember(text: string, key: string, value: string | undefined): string {
  const members = objectMembers(text).flatMap((member) => {
    const kept = member.key === key ? value : text.slice(member.start, member.end);
    return kept === undefined ? [] : [`${JSON.stringify(member.key)}:${kept}`];
  });
  return `{${members.join(',')}}`;
}
