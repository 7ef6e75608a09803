/** Paths below the base as the places of the RESTful API (FHIR R4, http.html#summary). */
import { badValue, type FhirError, notFound, notServed } from '../fhir/error.ts';
import { isLogicalId } from '../fhir/resource-content.ts';

interface OfType {
  readonly resourceType: string;
}
export interface OfInstance extends OfType {
  readonly id: string;
}

export type Place =
  | { readonly kind: 'system' | 'metadata' | 'system-history' | 'system-search' }
  | ({ readonly kind: 'type' | 'search' | 'type-history' } & OfType)
  | ({ readonly kind: 'instance' | 'history' } & OfInstance)
  | ({ readonly kind: 'version'; readonly versionId: string } & OfInstance)
  /** What a patient has of a type, or of all; `search`: by POST. */
  | { readonly kind: 'compartment' | 'compartment-search'; readonly owner: OfInstance; readonly resourceType: string }
  /** `$name` of the system, a type or an instance. */
  | { readonly kind: 'operation'; readonly name: string; readonly resourceType?: string; readonly id?: string };

export interface ServedTypes {
  isServed(resourceType: string): boolean;
}

/**
 * @param path percent-decoded segments, without slashes at its ends: `Patient`, `1`, `_history`; one empty for the base.
 * @throws FhirError 404 where there is no such place, 400 where an id is none.
 */
export function parsePath(path: readonly string[], served: ServedTypes): Place {
  const [first = '', ...rest] = path;
  const ofSystem = rest.length === 0 ? systemPlace(first) : undefined;
  if (ofSystem) return ofSystem;
  if (!/^[A-Z][A-Za-z]*$/.test(first)) throw unknownPlace(path);
  if (!served.isServed(first)) throw notFound(`This server has no resource type ${printable(first)}.`);
  return rest.length === 0 ? { kind: 'type', resourceType: first } : belowType(path, first, served);
}

function systemPlace(segment: string): Place | undefined {
  switch (segment) {
    case '':
      return { kind: 'system' };
    case 'metadata':
      return { kind: 'metadata' };
    case '_history':
      return { kind: 'system-history' };
    case '_search':
      return { kind: 'system-search' };
    default:
      return segment.startsWith('$') ? { kind: 'operation', name: segment.slice(1) } : undefined;
  }
}

function belowType(path: readonly string[], resourceType: string, served: ServedTypes): Place {
  const [, id = '', ...rest] = path;
  const ofType = rest.length === 0 ? typePlace(resourceType, id) : undefined;
  if (ofType) return ofType;
  if (id === '' || id.startsWith('_') || id.startsWith('$')) throw unknownPlace(path);
  if (!isLogicalId(id)) throw badValue(`${printable(id)} is not a logical id.`, `${resourceType}.id`);
  return rest.length === 0 ? { kind: 'instance', resourceType, id } : belowInstance(path, { resourceType, id }, served);
}

function typePlace(resourceType: string, segment: string): Place | undefined {
  if (segment === '_search') return { kind: 'search', resourceType };
  if (segment === '_history') return { kind: 'type-history', resourceType };
  return segment.startsWith('$') ? { kind: 'operation', name: segment.slice(1), resourceType } : undefined;
}

function belowInstance(path: readonly string[], instance: OfInstance, served: ServedTypes): Place {
  const [below = '', last, ...more] = path.slice(2);
  if (below.startsWith('$') && last === undefined) return { kind: 'operation', name: below.slice(1), ...instance };
  if (below === '_history' && more.length === 0) {
    return last === undefined ? { kind: 'history', ...instance } : { kind: 'version', ...instance, versionId: last };
  }
  const compartment = instance.resourceType === 'Patient' && more.length === 0;
  const place = compartment ? compartmentPlace(path, instance, served) : undefined;
  if (place) return place;
  throw unknownPlace(path);
}

/** Other compartments than those of patients are not served. `*` is every type. */
function compartmentPlace(path: readonly string[], owner: OfInstance, served: ServedTypes): Place | undefined {
  const [below = '', last] = path.slice(2);
  if (below === '_search' && last === undefined) return { kind: 'compartment-search', owner, resourceType: '*' };
  if (below !== '*' && !/^[A-Z][A-Za-z]*$/.test(below)) return undefined;
  if (below !== '*' && !served.isServed(below)) throw notFound(`This server has no resource type ${printable(below)}.`);
  if (last === undefined) return { kind: 'compartment', owner, resourceType: below };
  return last === '_search' ? { kind: 'compartment-search', owner, resourceType: below } : undefined;
}

const unknownPlace = (path: readonly string[]): FhirError => notServed(`${printablePath(path)} is not served.`);

/** How answers name a path of a request. */
export const printablePath = (path: readonly string[]): string => `[base]/${path.slice(0, 6).map(printable).join('/')}`;

/** Text of a request as it may be repeated in an answer. */
export const printable = (text: string): string => text.slice(0, 64).replace(/[^\w$.:-]/g, '?');
