/** $validate: whether content would be accepted, and whatever else is to be said of it (FHIR R4, resource-operation-validate.html). */
import { badValue, FhirError, notSupported, type OutcomeIssue } from '../../fhir/error.ts';
import type { OperationInvocation } from '../../fhir/interaction.ts';
import { buildOutcome, informational } from '../../fhir/outcome.ts';
import { parseResource, type ResourceContent } from '../../fhir/resource-content.ts';
import { type Finding, isError, toIssue } from '../../validation/finding.ts';
import { UNKNOWN_PROFILE } from '../../validation/profile/profile-validation.ts';
import type { Validate } from '../../validation/validate.ts';
import { checkContent } from '../check-content.ts';
import type { OperationInput } from './input.ts';
import type { OperationHandler } from './operation.ts';

/** Codes of the value set `resource-validation-mode`. */
const MODES = ['create', 'update', 'delete', 'profile'] as const;
type Mode = (typeof MODES)[number];

/** The answer is 200 whether or not the resource is valid: only a validation that can't be done is refused. */
export const validate: OperationHandler = async (invocation, input, { ports, validate: check }) => {
  const mode = readMode(input);
  const profiles = input.texts('profile');
  const resource = input.resource('resource');
  refuseContradictions(mode, { resource, profiles }, invocation);
  const { resourceType = '', id } = invocation;
  const stored = id === undefined ? undefined : (await ports.persistence.readResource({ resourceType, id })).resource;
  // That it is there to be deleted is all that is asked: nothing here is kept from being deleted by what refers to it.
  if (mode === 'delete') return answer([]);
  if (resource) return answer(findIssues(resource, { invocation, mode, profiles, check }));
  if (!stored) throw badValue('The parameter resource is required.', 'http.resource');
  return answer(examine(parseResource(stored.body), { profiles, check }).map(toIssue));
};

function readMode(input: OperationInput): Mode | undefined {
  const mode = input.text('mode');
  const known = MODES.find((one) => one === mode);
  if (known || mode === undefined) return known;
  throw notSupported(`The mode of a validation is one of ${MODES.join(', ')}.`, 'http.mode');
}

interface Given {
  readonly resource: ResourceContent | undefined;
  readonly profiles: readonly string[];
}

/** @throws FhirError 400 where the mode asks for something else than what is given */
function refuseContradictions(
  mode: Mode | undefined,
  { resource, profiles }: Given,
  { id }: OperationInvocation,
): void {
  if (mode === undefined || mode === 'create') return;
  if (id === undefined) throw badValue(`Mode ${mode} is about one resource: [type]/[id]/$validate.`, 'http.mode');
  if (mode !== 'profile') return;
  if (resource)
    throw badValue(
      'Mode profile is about the resource that is stored: leave out the parameter resource.',
      'http.resource',
    );
  if (profiles.length === 0) throw badValue('Mode profile needs the parameter profile.', 'http.profile');
}

interface Examination {
  readonly profiles: readonly string[];
  readonly check: Validate;
}

/** @throws FhirError 400 for a profile that is not loaded: the resource can't be held to it */
function examine({ json }: ResourceContent, { profiles, check }: Examination): readonly Finding[] {
  const found = check(json, { mode: 'full', rigour: 'examine', profiles });
  const unknown = found.find((finding) => finding.id === UNKNOWN_PROFILE && isError(finding));
  if (unknown) throw notSupported(unknown.message, 'http.profile');
  return found;
}

interface Validation extends Examination {
  readonly invocation: OperationInvocation;
  readonly mode: Mode | undefined;
}

function findIssues(resource: ResourceContent, validation: Validation): readonly OutcomeIssue[] {
  const refusals = refusalsOf(resource, validation);
  const found = examine(resource, validation).map(toIssue);
  // What the JSON is refused for is found again as what it means for the element.
  const isTold = ({ expression = [] }: OutcomeIssue) => found.some((issue) => issue.expression?.[0] === expression[0]);
  return [...refusals.filter((issue) => !isTold(issue)), ...found];
}

/** What a write of the content to that place would be refused for before it is looked into. */
function refusalsOf(resource: ResourceContent, { invocation, mode }: Validation): readonly OutcomeIssue[] {
  const { resourceType, id } = invocation;
  return [
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

const isFault = ({ severity }: OutcomeIssue): boolean => severity === 'error' || severity === 'fatal';

/** What is valid is said to be so first, whatever else there is to say of it. */
function answer(issues: readonly OutcomeIssue[]) {
  const valid = informational(issues.length > 0 ? 'The resource is valid.' : 'No problems were found.').issue;
  const outcome = buildOutcome(issues.some(isFault) ? issues : [...valid, ...issues]);
  return { status: 200, body: JSON.stringify(outcome) };
}
