/**
 * Criteria about other resources as a filter: what they find is looked up first, from the innermost outwards, and its
 * ids become a condition. Where that is too much, the search is driven from the other side (FHIR R4, search.html#chaining).
 */
import {
  type ChainCriterion,
  isParameterCriterion,
  type JoinCriterion,
  type ReverseChainCriterion,
  type SearchCriterion,
} from '../../search/query.ts';
import { all, type Conditions } from './combine.ts';
import { criteriaFilter } from './filter.ts';
import { findVisible, type Inquiry } from './inquiry.ts';
import { keepMatches } from './keep.ts';
import { fieldName } from './keys.ts';
import { listedIds } from './listed.ts';
import { idsOfType } from './reference-keys.ts';

/** The most ids that become a condition: beyond it, looking at the searched resources one after the other is cheaper. */
export const MOST_IDS = 5000;

/** What criteria come to: a filter, and what has to be looked at for each resource that it finds. */
export interface Selection {
  readonly conditions: Conditions;
  readonly pending: readonly JoinCriterion[];
}

/** @throws FhirError 400 where a criterion takes too much */
export async function select(
  inquiry: Inquiry,
  resourceType: string,
  criteria: readonly SearchCriterion[],
): Promise<Selection> {
  const found = [criteriaFilter(criteria.filter(isParameterCriterion), inquiry.now)];
  const pending: JoinCriterion[] = [];
  for (const criterion of criteria) {
    if (isParameterCriterion(criterion)) continue;
    const condition = await conditionOf(inquiry, resourceType, criterion);
    if (condition) found.push(condition);
    else pending.push(criterion);
  }
  const conditions = all(found);
  return pending.length === 0 ? { conditions, pending } : fromOtherSide(inquiry, resourceType, { conditions, pending });
}

/** Where the other criteria find few, these are looked at now. */
async function fromOtherSide(inquiry: Inquiry, resourceType: string, selection: Selection): Promise<Selection> {
  const { conditions, pending } = selection;
  const few = await findIds(inquiry, resourceType, conditions);
  if (!few) return selection;
  const kept = await keepMatches(inquiry, { resourceType, criteria: pending, ids: few });
  return { conditions: all([conditions, anyOf('_id', kept)]), pending: [] };
}

/** Undefined where more than `MOST_IDS` are found. */
async function findIds(
  inquiry: Inquiry,
  resourceType: string,
  conditions: Conditions,
): Promise<readonly string[] | undefined> {
  const found = await findVisible(inquiry, { resourceType, conditions: [conditions], limit: MOST_IDS + 1 });
  return found.length > MOST_IDS ? undefined : found.map(({ _id }) => _id);
}

const anyOf = (field: string, values: readonly string[]): Conditions => ({
  [field]: values.length === 1 ? values[0] : { $in: values },
});

/** Undefined where the criterion has to be looked at for each resource. */
async function conditionOf(
  inquiry: Inquiry,
  resourceType: string,
  criterion: JoinCriterion,
): Promise<Conditions | undefined> {
  switch (criterion.kind) {
    case 'chain':
      return chainCondition(inquiry, criterion);
    case 'reverse-chain':
      return reverseChainCondition(inquiry, resourceType, criterion);
    case 'list': {
      const ids = await listedIds(inquiry, resourceType, criterion);
      return ids.size > MOST_IDS ? undefined : anyOf('_id', [...ids]);
    }
    case 'full-text':
      return undefined;
  }
}

/** References to what the criterion finds in each of the types. */
async function chainCondition(
  inquiry: Inquiry,
  { parameter, targets }: ChainCriterion,
): Promise<Conditions | undefined> {
  const keys: string[] = [];
  for (const { resourceType, criterion } of targets) {
    const ids = await idsThat(inquiry, resourceType, criterion);
    if (!ids || keys.length + ids.length > MOST_IDS) return undefined;
    keys.push(...ids.map((id) => `${resourceType}/${id}`));
  }
  return anyOf(fieldName(parameter.code), keys);
}

/** The ids of what the criterion finds; undefined where that is too much. */
async function idsThat(
  inquiry: Inquiry,
  resourceType: string,
  criterion: SearchCriterion,
): Promise<readonly string[] | undefined> {
  const { conditions, pending } = await select(inquiry, resourceType, [criterion]);
  return pending.length > 0 ? undefined : findIds(inquiry, resourceType, conditions);
}

/** What is referred to by what the criterion finds. */
async function reverseChainCondition(
  inquiry: Inquiry,
  resourceType: string,
  { parameter, criterion }: ReverseChainCriterion,
): Promise<Conditions | undefined> {
  const { conditions, pending } = await select(inquiry, parameter.resourceType, [criterion]);
  if (pending.length > 0) return undefined;
  const field = fieldName(parameter.code);
  const referring = await findVisible(inquiry, {
    resourceType: parameter.resourceType,
    conditions: [conditions, { [field]: { $exists: true } }],
    fields: [field],
    limit: MOST_IDS + 1,
  });
  if (referring.length > MOST_IDS) return undefined;
  const ids = new Set(referring.flatMap((document) => idsOfType(document[`s_${parameter.code}`], resourceType)));
  return ids.size > MOST_IDS ? undefined : anyOf('_id', [...ids]);
}
