/** search of one type (FHIR R4, http.html#search): a page of stored texts, joined as they are. */
import { type BundleLink, formatBundle } from '../fhir/bundle.ts';
import type { InteractionHandler } from './perform.ts';

export const searchType: InteractionHandler<'search-type'> = async ({ resourceType, params }, { ports, baseUrl }) => {
  const { result } = await ports.search.typeSearch({
    resourceType,
    queryParams: params,
    baseUrl,
    allowedResourceTypes: [resourceType],
  });
  const links: BundleLink[] = [{ relation: 'self', url: result.selfUrl }];
  if (result.nextResultUrl) links.push({ relation: 'next', url: result.nextResultUrl });
  const entries = result.entries.map(
    ({ fullUrl, resource, search }) =>
      `{"fullUrl":${JSON.stringify(fullUrl)},"resource":${resource.body},"search":{"mode":"${search.mode}"}}`,
  );
  const total = result.numberOfResults < 0 ? {} : { total: result.numberOfResults };
  return { status: 200, body: formatBundle({ type: 'searchset', ...total, links, entries }) };
};
