/** Answers to Bundle entries (FHIR R4, bundle.html#transaction-response; http.html#transaction-response). */
import { STATUS_CODES } from 'node:http';
import { FhirError } from '../fhir/error.ts';
import { formatEtag } from '../fhir/etag.ts';
import type { FhirResponse, InteractionCode, ReturnPreference } from '../fhir/interaction.ts';
import { buildOutcome } from '../fhir/outcome.ts';
import { lastUpdatedText } from '../fhir/stored-resource.ts';
import { isWrite } from './return-preference.ts';

/** What the answer depends on beside what became of the entry. */
export interface EntryAnswer {
  readonly baseUrl: string;
  readonly code: InteractionCode;
  readonly returns: ReturnPreference | undefined;
}

/** What an entry's answer holds: a read or search brings its resource, a write only where the client prefers that. */
export function formatEntryResponse(response: FhirResponse, { baseUrl, code, returns }: EntryAnswer): string {
  const { stored, body, location, status, outcome } = response;
  const isBrief = status === 304 || (isWrite(code) && returns !== 'representation');
  const resource = body ?? (isBrief ? undefined : stored?.body);
  const fullUrl = stored && resource ? `"fullUrl":"${baseUrl}/${stored.resourceType}/${stored.id}",` : '';
  const details = {
    status: statusText(status),
    ...(location ? { location } : {}),
    ...(stored ? { etag: formatEtag(stored.versionId), lastModified: lastUpdatedText(stored) } : {}),
    ...(outcome ? { outcome } : {}),
  };
  return `{${fullUrl}${resource ? `"resource":${resource},` : ''}"response":${JSON.stringify(details)}}`;
}

/** A refused entry of a batch; what is not a refusal is a fault of the server and says nothing about itself. */
export function formatEntryError(error: unknown): string {
  const refusal =
    error instanceof FhirError
      ? error
      : new FhirError(500, [{ severity: 'error', code: 'exception', diagnostics: 'The server failed on this entry.' }]);
  const response = { status: statusText(refusal.status), outcome: buildOutcome(refusal.issues) };
  return `{"response":${JSON.stringify(response)}}`;
}

const statusText = (status: number): string => `${status} ${STATUS_CODES[status] ?? ''}`.trim();
