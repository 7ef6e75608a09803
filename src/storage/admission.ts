/** Whether a version may be written, judged by what it says itself (SMART App Launch 2.2, scopes-and-launch-context.html). */
import { admits } from '../auth/decision.ts';
import type { Permission } from '../auth/scope.ts';
import { forbidden } from '../fhir/error.ts';
import { isObject, type JsonObject, type ResourceContent } from '../fhir/resource-content.ts';
import { extractIndexEntries } from '../search/extract.ts';
import { matchesQuery } from '../search/match.ts';
import type { ParameterCriterion } from '../search/query.ts';
import { decisionOf } from './reach.ts';
import type { AnyVersionDocument } from './resource-document.ts';
import type { Store } from './versions.ts';

/** A version in the making. */
export interface Candidate {
  readonly permission: Permission;
  readonly content: ResourceContent;
  readonly document: AnyVersionDocument;
  /** The text of the version before, where there is one. */
  readonly before?: string | undefined;
}

/** @throws FhirError 403: what is written would be out of the writer's reach, or is not theirs to say. */
export function checkAdmission(store: Store, { permission, content, document, before }: Candidate): void {
  const { reach } = store;
  if (reach.kind === 'everything') return;
  const { resourceType, json } = content;
  if (!isReachable(store, { permission, resourceType, document, json: () => json })) {
    throw forbidden(`This ${resourceType} would be outside of what your access is about.`);
  }
  if (!reach.mayLabel && labelsOf(json) !== labelsOf(before === undefined ? {} : JSON.parse(before))) {
    throw forbidden('Security labels are not yours to set or change.');
  }
}

export interface Reaching {
  readonly permission: Permission;
  readonly resourceType: string;
  readonly document: AnyVersionDocument;
  /** Parsed only where the decision depends on the content. */
  readonly json: () => JsonObject;
}

/** Whether a version is within reach, told from itself: the same as a query with the reach's conditions finds. */
export function isReachable(store: Store, { permission, resourceType, document, json }: Reaching): boolean {
  const decision = decisionOf(store.reach, permission, resourceType);
  if (!decision) return true;
  const id = document.id ?? document._id;
  const matches = (criteria: readonly ParameterCriterion[]) => {
    const entries = extractIndexEntries(json(), store.definitions.searchParameters(resourceType), store.baseUrl);
    return matchesQuery(entries, { criteria }, new Date());
  };
  return admits(decision, { resourceType, id, compartments: document.c, matches });
}

function labelsOf(json: JsonObject): string {
  const { meta } = json;
  return JSON.stringify(isObject(meta) ? (meta['security'] ?? null) : null);
}
