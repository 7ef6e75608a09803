/** Findings that do not refuse a write go with its answer (FHIR R4, http.html#ops; docs/profiles.md). */
import type { FhirResponse, InteractionCode } from '../fhir/interaction.ts';
import { type Finding, toIssue } from '../validation/finding.ts';
import type { Validate } from '../validation/validate.ts';
import { isWrite } from './return-preference.ts';

export interface NotedValidation {
  readonly validate: Validate;
  /** What the last validation found: of a patch that was tried again, only the last result is written. */
  last(): readonly Finding[];
}

export function noteFindings(validate: Validate, isStrict: boolean): NotedValidation {
  let last: readonly Finding[] = [];
  return {
    validate: (resource, options) => {
      last = validate(resource, isStrict ? { rigour: 'strict', ...options } : options);
      return last;
    },
    last: () => last,
  };
}

/** A write's answer with what was found. */
export function withFindings(response: FhirResponse, code: InteractionCode, found: readonly Finding[]): FhirResponse {
  return found.length === 0 || !isWrite(code) ? response : { ...response, findings: found.map(toIssue) };
}
