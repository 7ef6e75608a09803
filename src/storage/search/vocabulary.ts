/** What the query of one type may say to this store, and which resources it can lead to. */
import type { SearchVocabulary } from '../../search/parse-criterion.ts';
import type { Store } from '../versions.ts';

export const vocabularyOf = (
  { definitions, baseUrl, terminology = {} }: Pick<Store, 'definitions' | 'baseUrl' | 'terminology'>,
  resourceType: string,
): SearchVocabulary => ({
  parameters: definitions.searchParameters(resourceType),
  parametersOf: definitions.searchParameters,
  baseUrl,
  terminology,
});
