/** history of one resource, newest first (FHIR R4, http.html#history). */
import { type BundleLink, formatBundle } from '../fhir/bundle.ts';
import { formatEtag } from '../fhir/etag.ts';
import { lastUpdatedText, type StoredResource } from '../fhir/stored-resource.ts';
import type { InteractionHandler } from './perform.ts';
import type { FoundResource } from './ports.ts';

export const historyInstance: InteractionHandler<'history-instance'> = async (interaction, { ports, baseUrl }) => {
  const { resourceType, id, params } = interaction;
  const { result } = await ports.history.instanceHistory({ resourceType, id, baseUrl, queryParams: params });
  const links: BundleLink[] = [{ relation: 'self', url: result.selfUrl }];
  if (result.nextResultUrl) links.push({ relation: 'next', url: result.nextResultUrl });
  const entries = result.entries.map(formatVersion);
  return { status: 200, body: formatBundle({ type: 'history', total: result.numberOfResults, links, entries }) };
};

const RESPONSE_STATUS = { POST: '201 Created', PUT: '200 OK', DELETE: '204 No Content' } as const;

/** A version with the request that made it; a deletion has no resource (http.html#history). */
function formatVersion({ fullUrl, resource, creates }: FoundResource): string {
  const body = resource.method === 'DELETE' ? '' : `"resource":${resource.body},`;
  const request = { method: resource.method, url: requestUrl(resource) };
  const response = {
    status: creates ? RESPONSE_STATUS.POST : RESPONSE_STATUS[resource.method],
    etag: formatEtag(resource.versionId),
    lastModified: lastUpdatedText(resource),
  };
  return `{"fullUrl":${JSON.stringify(fullUrl)},${body}"request":${JSON.stringify(request)},"response":${JSON.stringify(response)}}`;
}

const requestUrl = ({ method, resourceType, id }: StoredResource): string =>
  method === 'POST' ? resourceType : `${resourceType}/${id}`;
