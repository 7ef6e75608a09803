/** fixed[x] and pattern[x] (FHIR R4, elementdefinition-definitions.html#ElementDefinition.fixed_x_, #ElementDefinition.pattern_x_). */
import type { ElementDefinition } from '@medplum/fhirtypes';
import { isObject } from '../../fhir/resource-content.ts';
import { sameContent } from '../fhirpath/equality.ts';
import { choiceOf } from './element-tree.ts';
import { type ItemCheck, report } from './run.ts';

export type ValueTest = (value: unknown) => boolean;

/** Whether everything in the pattern is in the value; of an array, each item of the pattern somewhere. */
function containsPattern(value: unknown, pattern: unknown): boolean {
  if (Array.isArray(pattern)) {
    return Array.isArray(value) && pattern.every((part) => value.some((item) => containsPattern(item, part)));
  }
  if (!isObject(pattern)) return value === pattern;
  return isObject(value) && Object.entries(pattern).every(([name, part]) => containsPattern(value[name], part));
}

/** What fixed[x] or pattern[x] of the element say of a value; undefined where it has neither. */
export function valueTestOf(definition: ElementDefinition): ValueTest | undefined {
  const fixed = choiceOf(definition, 'fixed');
  if (fixed !== undefined) return (value) => sameContent(value, fixed);
  const pattern = choiceOf(definition, 'pattern');
  return pattern === undefined ? undefined : (value) => containsPattern(value, pattern);
}

/** The check, where the element has a fixed value or a pattern. */
export function compileFixedOrPattern(definition: ElementDefinition): ItemCheck | undefined {
  const test = valueTestOf(definition);
  if (!test) return undefined;
  const fixed = choiceOf(definition, 'fixed');
  const wanted = JSON.stringify(fixed ?? choiceOf(definition, 'pattern'));
  const message = fixed === undefined ? `The value must have in it ${wanted}.` : `The value must be ${wanted}.`;
  const id = fixed === undefined ? 'profile-pattern' : 'profile-fixed';
  return ({ value }, place, run) => {
    // A value that is absent for a reason given in an extension is not another value.
    if (value !== undefined && !test(value)) report(run, place, { severity: 'error', code: 'value', id, message });
  };
}
