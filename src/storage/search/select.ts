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
import type { ResourceDocument } from '../database.ts';
import { all, type Conditions } from './combine.ts';
import { criteriaFilter } from './filter.ts';
import { findVisible, type Inquiry, type Wanted } from './inquiry.ts';
import { fieldsFor, keepMatches } from './keep.ts';
import { fieldName } from './keys.ts';
import { listedIds } from './listed.ts';
import { idsOfType } from './reference-keys.ts';

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
  const candidates = await findFew(inquiry, { resourceType, conditions: [conditions], fields: fieldsFor(pending) });
  if (!candidates) return selection;
  const kept = await keepMatches(inquiry, resourceType, { criteria: pending, candidates });
  return { conditions: all([conditions, anyOf('_id', idsOf(kept))]), pending: [] };
}

/** Undefined where it is not few. The contents of many are not read in vain. */
async function findFew(
  inquiry: Inquiry,
  wanted: Omit<Wanted, 'limit'>,
): Promise<readonly ResourceDocument[] | undefined> {
  const limit = inquiry.limits.ids + 1;
  const { fields = [], ...ids } = wanted;
  const areMany = async () => (await findVisible(inquiry, { ...ids, limit })).length === limit;
  if (fields.includes('body') && (await areMany())) return undefined;
  const found = await findVisible(inquiry, { ...wanted, limit });
  return found.length === limit ? undefined : found;
}

const idsOf = (documents: readonly ResourceDocument[]): readonly string[] => documents.map(({ _id }) => _id);

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
      return ids.size > inquiry.limits.ids ? undefined : anyOf('_id', [...ids]);
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
    if (!ids || keys.length + ids.length > inquiry.limits.ids) return undefined;
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
  if (pending.length > 0) return undefined;
  const found = await findFew(inquiry, { resourceType, conditions: [conditions] });
  return found && idsOf(found);
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
  const referring = await findFew(inquiry, {
    resourceType: parameter.resourceType,
    conditions: [conditions, { [field]: { $exists: true } }],
    fields: [field],
  });
  if (!referring) return undefined;
  const ids = new Set(referring.flatMap((document) => idsOfType(document[`s_${parameter.code}`], resourceType)));
  return ids.size > inquiry.limits.ids ? undefined : anyOf('_id', [...ids]);
}
