/**
 * Which of some resources a criterion holds for, where what it is about is too much to look up first: asked from these
 * resources outwards, with queries that are bounded by their number (FHIR R4, search.html#chaining, search.html#has).
 */
import { isObject, type JsonObject } from '../../fhir/resource-content.ts';
import { matchesText, textsOf } from '../../search/full-text.ts';
import {
  type ChainCriterion,
  type FullTextCriterion,
  isParameterCriterion,
  type JoinCriterion,
  type ReverseChainCriterion,
  type SearchCriterion,
} from '../../search/query.ts';
import type { ResourceDocument } from '../database.ts';
import type { Conditions } from './combine.ts';
import { criteriaFilter } from './filter.ts';
import { checkTime, findVisible, type Inquiry } from './inquiry.ts';
import { fieldName } from './keys.ts';
import { listedIds } from './listed.ts';
import { idsOfType } from './reference-keys.ts';

/** How many resources one query is asked about, and how many it may answer. */
const AT_A_TIME = 500;
const MOST_ANSWERS = 2000;

interface Looked {
  readonly resourceType: string;
  readonly criteria: readonly JoinCriterion[];
  readonly ids: readonly string[];
}

/** The ids for which all of the criteria hold. @throws FhirError 400 where that takes too long */
export async function keepMatches(
  inquiry: Inquiry,
  { resourceType, criteria, ids }: Looked,
): Promise<readonly string[]> {
  let kept = ids;
  for (const criterion of criteria) kept = await keepIn(inquiry, resourceType, { criterion, ids: kept });
  return kept;
}

interface Asked<Criterion = SearchCriterion> {
  readonly criterion: Criterion;
  readonly ids: readonly string[];
}

async function keepIn(inquiry: Inquiry, resourceType: string, { criterion, ids }: Asked): Promise<readonly string[]> {
  const kept: string[] = [];
  for (let from = 0; from < ids.length; from += AT_A_TIME) {
    if (!isParameterCriterion(criterion)) checkTime(inquiry, criterion.name);
    const holding = await holdingFor(inquiry, resourceType, { criterion, ids: ids.slice(from, from + AT_A_TIME) });
    kept.push(...holding);
  }
  return kept;
}

function holdingFor(inquiry: Inquiry, resourceType: string, asked: Asked): Promise<readonly string[]> {
  const { criterion, ids } = asked;
  switch (criterion.kind) {
    case 'parameter':
      return idsWhere(inquiry, resourceType, [{ _id: { $in: ids } }, criteriaFilter([criterion], inquiry.now)]);
    case 'chain':
      return referring(inquiry, resourceType, { criterion, ids });
    case 'reverse-chain':
      return referredTo(inquiry, resourceType, { criterion, ids });
    case 'list':
      return listedIds(inquiry, resourceType, criterion).then((listed) => ids.filter((id) => listed.has(id)));
    case 'full-text':
      return withText(inquiry, resourceType, { criterion, ids });
  }
}

async function idsWhere(
  inquiry: Inquiry,
  resourceType: string,
  conditions: readonly Conditions[],
): Promise<readonly string[]> {
  const found = await findVisible(inquiry, { resourceType, conditions, limit: AT_A_TIME });
  return found.map(({ _id }) => _id);
}

/** Those with a reference to what the criterion of its type holds for. */
async function referring(
  inquiry: Inquiry,
  resourceType: string,
  { criterion, ids }: Asked<ChainCriterion>,
): Promise<readonly string[]> {
  const field = fieldName(criterion.parameter.code);
  const conditions = [{ _id: { $in: ids } }];
  const documents = await findVisible(inquiry, { resourceType, conditions, fields: [field], limit: AT_A_TIME });
  const kept = new Set<string>();
  for (const target of criterion.targets) {
    const idsIn = (document: ResourceDocument) => idsOfType(document[field as `s_${string}`], target.resourceType);
    const referred = [...new Set(documents.flatMap(idsIn))];
    const holding = new Set(await keepIn(inquiry, target.resourceType, { criterion: target.criterion, ids: referred }));
    for (const document of documents) if (idsIn(document).some((id) => holding.has(id))) kept.add(document._id);
  }
  return [...kept];
}

/**
 * Those that are referred to by what the criterion holds for. Once one is known to be, it is asked about no more: however
 * many refer to it, few of them are read.
 */
async function referredTo(
  inquiry: Inquiry,
  resourceType: string,
  { criterion, ids }: Asked<ReverseChainCriterion>,
): Promise<readonly string[]> {
  const rest = new Set(ids);
  const kept: string[] = [];
  let after = '';
  while (rest.size > 0) {
    checkTime(inquiry, criterion.name);
    const documents = await referrers(inquiry, criterion, {
      after,
      to: [...rest].map((id) => `${resourceType}/${id}`),
    });
    const holding = await holdingReferrers(inquiry, criterion, documents);
    for (const id of holding.flatMap((document) => idsOfType(document[fieldOf(criterion)], resourceType))) {
      if (rest.delete(id)) kept.push(id);
    }
    const last = documents.at(-1);
    if (!last || documents.length < mostReferrers(criterion)) break;
    after = last._id;
  }
  return kept;
}

const fieldOf = ({ parameter }: ReverseChainCriterion): `s_${string}` => `s_${parameter.code}`;

/** What another query has to judge comes in the order of ids, so that no referrer is judged twice. */
const isJudgedByFilter = ({ criterion }: ReverseChainCriterion): boolean => isParameterCriterion(criterion);
const mostReferrers = (criterion: ReverseChainCriterion): number =>
  isJudgedByFilter(criterion) ? MOST_ANSWERS : AT_A_TIME;

function referrers(
  inquiry: Inquiry,
  criterion: ReverseChainCriterion,
  { to, after }: { readonly to: readonly string[]; readonly after: string },
): Promise<readonly ResourceDocument[]> {
  const { parameter, criterion: inner } = criterion;
  const field = fieldOf(criterion);
  const refers = { [field]: to.length === 1 ? to[0] : { $in: to } };
  return findVisible(inquiry, {
    resourceType: parameter.resourceType,
    conditions: isParameterCriterion(inner)
      ? [refers, criteriaFilter([inner], inquiry.now)]
      : [refers, { _id: { $gt: after } }],
    fields: [field],
    limit: mostReferrers(criterion),
    ordered: !isParameterCriterion(inner),
  });
}

async function holdingReferrers(
  inquiry: Inquiry,
  { parameter, criterion }: ReverseChainCriterion,
  documents: readonly ResourceDocument[],
): Promise<readonly ResourceDocument[]> {
  if (isParameterCriterion(criterion)) return documents;
  const ids = documents.map(({ _id }) => _id);
  const holding = new Set(await keepIn(inquiry, parameter.resourceType, { criterion, ids }));
  return documents.filter(({ _id }) => holding.has(_id));
}

async function withText(
  inquiry: Inquiry,
  resourceType: string,
  { criterion, ids }: Asked<FullTextCriterion>,
): Promise<readonly string[]> {
  const conditions = [{ _id: { $in: ids } }];
  const documents = await findVisible(inquiry, { resourceType, conditions, fields: ['body'], limit: AT_A_TIME });
  return documents.filter(({ body }) => hasText(body, criterion)).map(({ _id }) => _id);
}

function hasText(body: string | undefined, { scope, expression }: FullTextCriterion): boolean {
  const resource: unknown = JSON.parse(body ?? '{}');
  return isObject(resource) && matchesText(expression, textsOf(resource as JsonObject, scope));
}
