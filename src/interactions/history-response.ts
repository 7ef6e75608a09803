/** A page of versions, each with the request that made it (FHIR R4, http.html#history, bundle.html#history). */
import { type BundleLink, formatBundle } from '../fhir/bundle.ts';
import { formatEtag } from '../fhir/etag.ts';
import type { FhirResponse } from '../fhir/interaction.ts';
import { lastUpdatedText, type StoredResource } from '../fhir/stored-resource.ts';
import type { FoundPage, FoundResource } from './ports.ts';

export function historyResponse(page: FoundPage): FhirResponse {
  const links: BundleLink[] = [{ relation: 'self', url: page.selfUrl }];
  if (page.nextResultUrl) links.push({ relation: 'next', url: page.nextResultUrl });
  const total = page.numberOfResults < 0 ? {} : { total: page.numberOfResults };
  return {
    status: 200,
    body: formatBundle({ type: 'history', ...total, links, entries: page.entries.map(formatVersion) }),
  };
}

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
