/** Query parameters read as criteria (FHIR R4, search.html#Introduction and search.html#modifiers). */
import { badValue, tooCostly } from '../fhir/error.ts';
import type { SearchParams } from '../fhir/interaction.ts';
import { parseCriterion, type SearchVocabulary } from './parse-criterion.ts';
import { isParameterCriterion, type ResultParameter, type SearchCriterion, type SearchQuery } from './query.ts';
import { RESULT_PARAMETERS, readCount } from './result-parameters.ts';

/**
 * Reads the query of a search of one resource type. A repeated parameter gives one criterion each, all of which hold.
 * @throws FhirError 400 naming a parameter, modifier or value that this server doesn't take
 */
export function parseSearchQuery(
  resourceType: string,
  params: SearchParams,
  vocabulary: SearchVocabulary,
): SearchQuery {
  const criteria: SearchCriterion[] = [];
  const resultParameters: ResultParameter[] = [];
  let count: number | undefined;
  for (const { name, value } of listParameters(params)) {
    const [code = ''] = name.split(':', 1);
    if (value.includes('\0')) throw badValue(`The search parameter "${name}" has a character that no text may have.`);
    if (name === '_count') count = readCount(value, count);
    else if (RESULT_PARAMETERS.has(code)) resultParameters.push({ name, value });
    else criteria.push(parseCriterion(resourceType, { name, value }, vocabulary));
  }
  checkWays(criteria);
  return { resourceType, criteria, ...(count === undefined ? {} : { count }), resultParameters };
}

/** Ways from one type to another, each of which is a query or several. */
const MOST_WAYS = 100;

function checkWays(criteria: readonly SearchCriterion[]): void {
  const ways = criteria.reduce((sum, criterion) => sum + waysIn(criterion), 0);
  if (ways > MOST_WAYS) throw tooCostly(`The chains of this search have ${ways} ways, more than ${MOST_WAYS}.`, 'http');
}

function waysIn(criterion: SearchCriterion): number {
  if (isParameterCriterion(criterion)) return 0;
  if (criterion.kind === 'chain')
    return criterion.targets.reduce((sum, target) => sum + 1 + waysIn(target.criterion), 0);
  return criterion.kind === 'reverse-chain' ? 1 + waysIn(criterion.criterion) : 1;
}

const listParameters = (params: SearchParams): readonly ResultParameter[] =>
  Object.entries(params).flatMap(([name, values]) =>
    (typeof values === 'string' ? [values] : values).map((value) => ({ name, value })),
  );
