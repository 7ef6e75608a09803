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
import { criteriaFilter } from './filter.ts';
import { checkTime, findVisible, type Inquiry } from './inquiry.ts';
import { fieldName } from './keys.ts';
import { listedIds } from './listed.ts';
import { idsOfType } from './reference-keys.ts';

/** A resource with the fields that its criterion is told from. */
type Candidate = Pick<ResourceDocument, '_id' | 'body'> & Readonly<Record<`s_${string}`, unknown>>;

/** The fields that candidates need beside `_id`. */
export const fieldsFor = (criteria: readonly SearchCriterion[]): readonly string[] =>
  criteria.flatMap((criterion) => {
    if (criterion.kind === 'chain') return [fieldName(criterion.parameter.code)];
    return criterion.kind === 'full-text' ? ['body'] : [];
  });

/** The candidates for which all of the criteria hold. @throws FhirError 400 where that takes too long */
export async function keepMatches<Found extends Candidate>(
  inquiry: Inquiry,
  resourceType: string,
  { criteria, candidates }: { readonly criteria: readonly JoinCriterion[]; readonly candidates: readonly Found[] },
): Promise<readonly Found[]> {
  let kept = candidates;
  for (const criterion of criteria) {
    const holding = await keepIn(inquiry, resourceType, { criterion, candidates: kept });
    kept = kept.filter(({ _id }) => holding.has(_id));
  }
  return kept;
}

interface Asked<Criterion = SearchCriterion> {
  readonly criterion: Criterion;
  readonly candidates: readonly Candidate[];
}

const idsIn = (documents: readonly Candidate[]): readonly string[] => documents.map(({ _id }) => _id);

async function keepIn(
  inquiry: Inquiry,
  resourceType: string,
  { criterion, candidates }: Asked,
): Promise<ReadonlySet<string>> {
  const kept = new Set<string>();
  const size = inquiry.limits.candidates;
  for (let from = 0; from < candidates.length; from += size) {
    if (!isParameterCriterion(criterion)) checkTime(inquiry, criterion.name);
    const asked = { criterion, candidates: candidates.slice(from, from + size) };
    for (const id of await holdingFor(inquiry, resourceType, asked)) kept.add(id);
  }
  return kept;
}

async function holdingFor(inquiry: Inquiry, resourceType: string, asked: Asked): Promise<readonly string[]> {
  const { criterion, candidates } = asked;
  switch (criterion.kind) {
    case 'parameter': {
      const conditions = [{ _id: { $in: idsIn(candidates) } }, criteriaFilter([criterion], inquiry.now)];
      return idsIn(await findVisible(inquiry, { resourceType, conditions, limit: candidates.length }));
    }
    case 'chain':
      return referring(inquiry, { criterion, candidates });
    case 'reverse-chain':
      return referredTo(inquiry, resourceType, { criterion, candidates });
    case 'list': {
      const listed = await listedIds(inquiry, resourceType, criterion);
      return idsIn(candidates).filter((id) => listed.has(id));
    }
    case 'full-text':
      return idsIn(candidates.filter(({ body }) => hasText(body, criterion)));
  }
}

/** Those with a reference to what the criterion of its type holds for. */
async function referring(
  inquiry: Inquiry,
  { criterion, candidates }: Asked<ChainCriterion>,
): Promise<readonly string[]> {
  const kept = new Set<string>();
  for (const { resourceType, criterion: inner } of criterion.targets) {
    const referredBy = (candidate: Candidate) => idsOfType(candidate[`s_${criterion.parameter.code}`], resourceType);
    const ids = [...new Set(candidates.flatMap(referredBy))];
    const holding = await keepIds(inquiry, resourceType, { criterion: inner, ids });
    for (const candidate of candidates)
      if (referredBy(candidate).some((id) => holding.has(id))) kept.add(candidate._id);
  }
  return [...kept];
}

/** The same of resources of which only the ids are known: whether they are there and may be seen is part of it. */
async function keepIds(
  inquiry: Inquiry,
  resourceType: string,
  { criterion, ids }: { readonly criterion: SearchCriterion; readonly ids: readonly string[] },
): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  if (isParameterCriterion(criterion)) {
    return keepIn(inquiry, resourceType, { criterion, candidates: ids.map((_id) => ({ _id })) });
  }
  const conditions = [{ _id: { $in: ids } }];
  const fields = fieldsFor([criterion]);
  const candidates = await findVisible(inquiry, { resourceType, conditions, fields, limit: ids.length });
  return keepIn(inquiry, resourceType, { criterion, candidates });
}

/**
 * Those that are referred to by what the criterion holds for. Once one is known to be, it is asked about no more: however
 * many refer to it, few of them are read.
 */
async function referredTo(
  inquiry: Inquiry,
  resourceType: string,
  { criterion, candidates }: Asked<ReverseChainCriterion>,
): Promise<readonly string[]> {
  const rest = new Set(idsIn(candidates));
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
    if (!last || documents.length < mostReferrers(inquiry, criterion)) break;
    after = last._id;
  }
  return kept;
}

const fieldOf = ({ parameter }: ReverseChainCriterion): `s_${string}` => `s_${parameter.code}`;

/** What another query has to judge comes in the order of ids, so that no referrer is judged twice. */
const isJudgedByFilter = ({ criterion }: ReverseChainCriterion): boolean => isParameterCriterion(criterion);
const mostReferrers = ({ limits }: Inquiry, criterion: ReverseChainCriterion): number =>
  isJudgedByFilter(criterion) ? limits.referrers : limits.candidates;

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
    fields: [field, ...fieldsFor([inner])],
    limit: mostReferrers(inquiry, criterion),
    ordered: !isParameterCriterion(inner),
  });
}

async function holdingReferrers(
  inquiry: Inquiry,
  { parameter, criterion }: ReverseChainCriterion,
  documents: readonly ResourceDocument[],
): Promise<readonly ResourceDocument[]> {
  if (isParameterCriterion(criterion)) return documents;
  const holding = await keepIn(inquiry, parameter.resourceType, { criterion, candidates: documents });
  return documents.filter(({ _id }) => holding.has(_id));
}

function hasText(body: string | undefined, { scope, expression }: FullTextCriterion): boolean {
  const resource: unknown = JSON.parse(body ?? '{}');
  return isObject(resource) && matchesText(expression, textsOf(resource as JsonObject, scope));
}
