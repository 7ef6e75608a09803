/** What a write is answered with: nothing, the resource or an outcome (FHIR R4, http.html#ops; RFC 7240, return). */
import type { FhirResponse, InteractionCode, ReturnPreference } from '../fhir/interaction.ts';
import { buildOutcome, informational } from '../fhir/outcome.ts';

/** Of one resource type each. */
export const writes = [
  'create',
  'update',
  'conditional-update',
  'patch',
  'conditional-patch',
  'delete',
  'conditional-delete',
] as const satisfies readonly InteractionCode[];

const WRITES: ReadonlySet<InteractionCode> = new Set(writes);

export const isWrite = (code: InteractionCode): boolean => WRITES.has(code);

/** What `Prefer: return=…` says; undefined where it says nothing that is known. */
export function parseReturns(prefer: string | undefined): ReturnPreference | undefined {
  const [, value] =
    /(?:^|[,;])\s*return\s*=\s*"?(minimal|representation|OperationOutcome)"?\s*(?=$|[,;])/i.exec(prefer ?? '') ?? [];
  return PREFERENCES.find((preference) => preference.toLowerCase() === value?.toLowerCase());
}

/** Whether `Prefer: handling=strict` asks to be held to everything (docs/profiles.md). */
export const parseStrictness = (prefer: string | undefined): boolean =>
  /(?:^|[,;])\s*handling\s*=\s*"?strict"?\s*(?=$|[,;])/i.test(prefer ?? '');

const PREFERENCES: readonly ReturnPreference[] = ['minimal', 'representation', 'OperationOutcome'];

/** The same answer with the content that is preferred. */
export function withContent(
  response: FhirResponse,
  code: InteractionCode,
  returns: ReturnPreference | undefined,
): FhirResponse {
  if (!isWrite(code) || returns === undefined || returns === 'representation') return response;
  const { stored, outcome, findings = [], ...rest } = response;
  const brief = { ...rest, ...(stored ? { stored: { ...stored, body: '' } } : {}) };
  if (returns === 'minimal') return brief;
  // An outcome is content, which 204 has none of.
  const status = response.status === 204 ? 200 : response.status;
  const told = outcome ?? informational(WORDS[response.status] ?? 'The resource is deleted.');
  return { ...brief, status, outcome: findings.length > 0 ? buildOutcome([...told.issue, ...findings]) : told };
}

const WORDS: Readonly<Record<number, string>> = {
  200: 'The resource is updated.',
  201: 'The resource is created.',
};
