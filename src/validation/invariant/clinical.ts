/** Invariants of the clinical resource types, lists and measures (FHIR R4). */
import type { JsonObject } from '../../fhir/resource-content.ts';
import {
  asWarning,
  brokenIn,
  exists,
  existsChoice,
  hasCoding,
  type Invariant,
  invariant,
  invariantWithin,
  objectOf,
  objectsOf,
} from './invariant.ts';

const ALLERGY_VERIFICATION = 'http://terminology.hl7.org/CodeSystem/allergyintolerance-verification';
const CONDITION_VERIFICATION = 'http://terminology.hl7.org/CodeSystem/condition-ver-status';
const CONDITION_CLINICAL = 'http://terminology.hl7.org/CodeSystem/condition-clinical';
const CONDITION_CATEGORY = 'http://terminology.hl7.org/CodeSystem/condition-category';

const isEnteredInError = (resource: JsonObject, system: string): boolean =>
  hasCoding(objectOf(resource, 'verificationStatus'), system, 'entered-in-error');

const ait1 = invariant(
  'ait-1',
  'An allergy needs a clinicalStatus, unless its verificationStatus is entered-in-error.',
  (allergy) => isEnteredInError(allergy, ALLERGY_VERIFICATION) || exists(allergy, 'clinicalStatus'),
);
const ait2 = invariant(
  'ait-2',
  'An allergy that is entered-in-error must not have a clinicalStatus.',
  (allergy) => !isEnteredInError(allergy, ALLERGY_VERIFICATION) || !exists(allergy, 'clinicalStatus'),
);

const con1 = invariant('con-1', 'A stage needs a summary or an assessment.', (stage) =>
  exists(stage, 'summary', 'assessment'),
);
const con2 = invariant('con-2', 'Evidence needs a code or a detail.', (evidence) => exists(evidence, 'code', 'detail'));
const con3 = asWarning(
  invariant(
    'con-3',
    'A condition on the problem list should have a clinicalStatus, unless it is entered-in-error.',
    (condition) =>
      exists(condition, 'clinicalStatus') ||
      isEnteredInError(condition, CONDITION_VERIFICATION) ||
      !objectsOf(condition, 'category').some((category) =>
        hasCoding(category, CONDITION_CATEGORY, 'problem-list-item'),
      ),
  ),
);
const con4 = invariant(
  'con-4',
  'A condition with an abatement needs the clinicalStatus inactive, remission or resolved.',
  (condition) =>
    !existsChoice(condition, 'abatement') ||
    hasCoding(objectOf(condition, 'clinicalStatus'), CONDITION_CLINICAL, 'resolved', 'remission', 'inactive'),
);
const con5 = invariant(
  'con-5',
  'A condition that is entered-in-error must not have a clinicalStatus.',
  (condition) => !isEnteredInError(condition, CONDITION_VERIFICATION) || !exists(condition, 'clinicalStatus'),
);

const obs3 = invariant('obs-3', 'A reference range needs a low, a high or a text.', (range) =>
  exists(range, 'low', 'high', 'text'),
);
const obs6 = invariant(
  'obs-6',
  'An observation has a dataAbsentReason only without a value.',
  (observation) => !exists(observation, 'dataAbsentReason') || !existsChoice(observation, 'value'),
);
const obs7 = invariant(
  'obs-7',
  'An observation with a component of its own code must not have a value.',
  (observation) => !existsChoice(observation, 'value') || !repeatsItsCode(observation),
);

function repeatsItsCode(observation: JsonObject): boolean {
  const own = new Set(codingsOf(observation));
  return objectsOf(observation, 'component').some((component) =>
    codingsOf(component).some((coding) => own.has(coding)),
  );
}

/** As texts that are equal where the codings are, in whatever order their members come. */
const codingsOf = (element: JsonObject): readonly string[] =>
  objectsOf(objectOf(element, 'code') ?? {}, 'coding').map((coding) => JSON.stringify(Object.entries(coding).sort()));

const lst1 = invariant(
  'lst-1',
  'A list has an emptyReason only without entries.',
  (list) => !exists(list, 'emptyReason') || !exists(list, 'entry'),
);
const lst2 = invariantWithin('lst-2', 'An entry can be deleted only in a list of mode changes.', (list) =>
  list['mode'] === 'changes' ? [] : brokenIn(list, 'entry', (entry) => exists(entry, 'deleted')),
);
const lst3 = invariantWithin('lst-3', 'An entry can have a date only in a list of mode working.', (list) =>
  list['mode'] === 'working' ? [] : brokenIn(list, 'entry', (entry) => exists(entry, 'date')),
);

export const asIdentifier = (key: string, resourceType: string): Invariant =>
  asWarning(
    invariant(
      key,
      `The name of a ${resourceType} should be an identifier: a capital letter, then letters, digits and _, 255 at most.`,
      ({ name }) => typeof name !== 'string' || /^[A-Z][A-Za-z0-9_]{0,254}$/.test(name),
    ),
  );

/** Faults of the objects of a list in the objects of another. */
const brokenBelow = (resource: JsonObject, name: string, inner: (item: JsonObject) => readonly string[]) =>
  objectsOf(resource, name).flatMap((item, index) => inner(item).map((suffix) => `.${name}[${index}]${suffix}`));

const mea1 = invariantWithin(
  'mea-1',
  'A stratifier has a code, description or criteria of its own, or components, not both.',
  (measure) =>
    brokenBelow(measure, 'group', (group) =>
      brokenIn(
        group,
        'stratifier',
        (stratifier) => exists(stratifier, 'code', 'description', 'criteria') === exists(stratifier, 'component'),
      ),
    ),
);
const mrp1 = invariant(
  'mrp-1',
  'A measure report of type data-collection has no groups.',
  (report) => report['type'] !== 'data-collection' || !exists(report, 'group'),
);
const mrp2 = invariantWithin('mrp-2', 'A stratum has a value or components, not both.', (report) =>
  brokenBelow(report, 'group', (group) =>
    brokenBelow(group, 'stratifier', (stratifier) =>
      brokenIn(stratifier, 'stratum', (stratum) => exists(stratum, 'value') === exists(stratum, 'component')),
    ),
  ),
);

export const clinicalInvariants: readonly (readonly [string, readonly Invariant[]])[] = [
  ['AllergyIntolerance', [ait1, ait2]],
  ['Condition', [con3, con4, con5]],
  ['Condition.stage', [con1]],
  ['Condition.evidence', [con2]],
  ['Observation', [obs6, obs7]],
  ['Observation.referenceRange', [obs3]],
  ['List', [lst1, lst2, lst3]],
  ['Measure', [asIdentifier('mea-0', 'Measure'), mea1]],
  ['MeasureReport', [mrp1, mrp2]],
];
