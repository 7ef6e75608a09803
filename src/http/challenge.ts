/** What a refusal says about the credentials that would do (RFC 6750, section 3; RFC 9110, section 11.6.1). */
import type { Challenge } from '../fhir/error.ts';

/** The value of `WWW-Authenticate`. @param realm the FHIR base URL */
export function formatChallenge(realm: string, { error, description, scope }: Challenge): string {
  const parameters = { realm, error, error_description: description, scope };
  const parts = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}="${printable(value)}"`],
  );
  return `Bearer ${parts.join(', ')}`;
}

/** Nothing that could end the string or the header. */
const printable = (text: string): string => text.replace(/[^ !#-[\]-~]/g, '');
