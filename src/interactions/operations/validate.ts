/** $validate: whether content would be accepted (FHIR R4, resource-operation-validate.html). */
import { badValue, FhirError, notSupported, type OutcomeIssue } from '../../fhir/error.ts';
import type { OperationInvocation } from '../../fhir/interaction.ts';
import { buildOutcome, informational } from '../../fhir/outcome.ts';
import { parseResource, type ResourceContent } from '../../fhir/resource-content.ts';
import { toIssue } from '../../validation/finding.ts';
import type { Validate } from '../../validation/validate.ts';
import { checkContent } from '../check-content.ts';
import type { OperationInput } from './input.ts';
import type { OperationHandler } from './operation.ts';

const MODES: readonly string[] = ['create', 'update', 'delete'];

/** The answer is 200 whether or not the resource is valid: only a validation that can't be done is refused. */
export const validate: OperationHandler = async (invocation, input, { ports, validate: check }) => {
  const mode = input.text('mode');
  refuseUnknown(mode, input);
  if (invocation.id === undefined && (mode === 'update' || mode === 'delete')) {
    throw badValue(`Mode ${mode} is about one resource: [type]/[id]/$validate.`, 'http.mode');
  }
  const { resourceType = '', id } = invocation;
  const stored = id === undefined ? undefined : (await ports.persistence.readResource({ resourceType, id })).resource;
  const resource = input.resource('resource');
  if (mode === 'delete') return answer([]);
  if (!resource && !stored) throw badValue('The parameter resource is required.', 'http.resource');
  if (resource) return answer(findIssues(resource, { invocation, mode, check }));
  return answer(check(parseResource(stored?.body ?? '').json, { mode: 'full' }).map(toIssue));
};

function refuseUnknown(mode: string | undefined, input: OperationInput): void {
  if (mode !== undefined && !MODES.includes(mode)) {
    throw notSupported(`The mode of a validation is one of ${MODES.join(', ')}.`, 'http.mode');
  }
  const profile = input.text('profile');
  if (profile !== undefined) {
    throw notSupported(`This server can’t validate against the profile ${profile.slice(0, 256)}.`, 'http.profile');
  }
}

interface Validation {
  readonly invocation: OperationInvocation;
  readonly mode: string | undefined;
  readonly check: Validate;
}

function findIssues(
  resource: ResourceContent,
  { invocation: { resourceType, id }, mode, check }: Validation,
): readonly OutcomeIssue[] {
  const refusals = [
    () => {
      if (resource.resourceType !== resourceType)
        throw badValue(`The resource is not a ${resourceType}.`, 'resourceType');
    },
    () => {
      if (mode === 'update' && resource.id !== id)
        throw badValue(`An update must carry the id ${id}.`, `${resourceType}.id`);
    },
    () => checkContent(resource),
  ].flatMap(issuesOf);
  const found = check(resource.json, { mode: 'full' }).map(toIssue);
  // What the JSON is refused for is found again as what it means for the element.
  const isTold = ({ expression = [] }: OutcomeIssue) => found.some((issue) => issue.expression?.[0] === expression[0]);
  return [...refusals.filter((issue) => !isTold(issue)), ...found];
}

function issuesOf(check: () => void): readonly OutcomeIssue[] {
  try {
    check();
    return [];
  } catch (error) {
    if (error instanceof FhirError) return error.issues;
    throw error;
  }
}

function answer(issues: readonly OutcomeIssue[]) {
  const outcome = issues.length > 0 ? buildOutcome(issues) : informational('No problems were found.');
  return { status: 200, body: JSON.stringify(outcome) };
}
