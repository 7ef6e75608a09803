/** Query parameters read as criteria (FHIR R4, search.html#Introduction and search.html#modifiers). */
import { badValue } from '../fhir/error.ts';
import type { SearchParams } from '../fhir/interaction.ts';
import { parseCriterion, type SearchVocabulary } from './parse-criterion.ts';
import type { ResultParameter, SearchCriterion, SearchQuery } from './query.ts';
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
  return { resourceType, criteria, ...(count === undefined ? {} : { count }), resultParameters };
}

const listParameters = (params: SearchParams): readonly ResultParameter[] =>
  Object.entries(params).flatMap(([name, values]) =>
    (typeof values === 'string' ? [values] : values).map((value) => ({ name, value })),
  );
