/** What must hold of a resource that is to be stored (FHIR R4, http.html#create, validation.html). */
import { unprocessable } from '../fhir/error.ts';
import type { ResourceContent } from '../fhir/resource-content.ts';
import { type Finding, isError, toIssue } from '../validation/finding.ts';
import type { Validate } from '../validation/validate.ts';
import { checkContent } from './check-content.ts';

export interface ResourceCheck {
  readonly validate: Validate;
  /** Whether conditional references will be resolved before it is stored. */
  readonly allowsConditionalReferences?: boolean;
}

/**
 * What is to be told of the resource beside.
 * @throws FhirError 400 where the JSON can't be FHIR; 422 with every issue where the resource breaks a rule of R4 or of a
 * profile that is enforced.
 */
export function checkResource(content: ResourceContent, { validate, ...options }: ResourceCheck): readonly Finding[] {
  checkContent(content);
  const findings = validate(content.json, { mode: 'full', ...options });
  if (findings.some(isError)) throw unprocessable(findings.map(toIssue));
  return findings;
}
