/** Invariants of the other data types (FHIR R4, datatypes.html, metadatatypes.html, extensibility.html). */
import type { JsonObject } from '../../fhir/resource-content.ts';
import { exists, existsChoice, type Invariant, invariant } from './invariant.ts';

const ext1 = invariant('ext-1', 'An extension must have a value or extensions, not both.', (extension) => {
  let hasValue = false;
  // Every property but these three is a value: no expression, this runs for each extension.
  for (const key in extension) if (key !== 'url' && key !== 'extension' && key !== 'id') hasValue = true;
  return hasValue !== (extension['extension'] !== undefined);
});

const att1 = invariant(
  'att-1',
  'An attachment with data needs a contentType.',
  (attachment) => !exists(attachment, 'data') || exists(attachment, 'contentType'),
);
const cpt2 = invariant(
  'cpt-2',
  'A contact point with a value needs a system: phone, fax, email, pager, url, sms or other.',
  (point) => !exists(point, 'value') || exists(point, 'system'),
);
const exp1 = invariant('exp-1', 'An expression or a reference must be provided.', (expression) =>
  exists(expression, 'expression', 'reference'),
);

const eitherPathOrParameter = (filter: JsonObject): boolean => exists(filter, 'path') !== exists(filter, 'searchParam');
const ONE_FILTER = 'Either a path or a searchParam must be provided, not both.';

const trd1 = invariant(
  'trd-1',
  'A trigger has a timing or a data requirement, not both.',
  (trigger) => !exists(trigger, 'data') || !existsChoice(trigger, 'timing'),
);
const trd2 = invariant(
  'trd-2',
  'A trigger has a condition only with a data requirement.',
  (trigger) => !exists(trigger, 'condition') || exists(trigger, 'data'),
);
const trd3 = invariant(
  'trd-3',
  'A named event needs a name, a periodic event a timing, a data event data.',
  (trigger) => {
    const { type } = trigger;
    if (type === 'named-event') return exists(trigger, 'name');
    if (type === 'periodic') return existsChoice(trigger, 'timing');
    return typeof type !== 'string' || !type.startsWith('data-') || exists(trigger, 'data');
  },
);

export const dataTypeInvariants: readonly (readonly [string, readonly Invariant[]])[] = [
  ['Extension', [ext1]],
  ['Attachment', [att1]],
  ['ContactPoint', [cpt2]],
  ['Expression', [exp1]],
  ['DataRequirement.codeFilter', [invariant('drq-1', ONE_FILTER, eitherPathOrParameter)]],
  ['DataRequirement.dateFilter', [invariant('drq-2', ONE_FILTER, eitherPathOrParameter)]],
  ['TriggerDefinition', [trd1, trd2, trd3]],
];
