/**
 * The registry's rules of data quality over Immunizations and Patients (docs/profiles.md): what is technically valid and yet
 * unlikely to be true, or less than a registry needs. A dose is held to its patient where that came with it, contained or
 * in the same Bundle.
 */
import type { QualityTables } from '../../definitions/quality-tables.ts';
import type { JsonObject } from '../../fhir/resource-content.ts';
import type { Terminology } from '../../terminology/terminology.ts';
import type { Finding } from '../finding.ts';
import { expressionOf } from '../place.ts';
import { type PlacedResource, resourcesWithin } from '../profile/resources-within.ts';
import { objectOf, objectsOf, textOf } from './content.ts';
import { type Fault, type QualityRule, toFinding } from './fault.ts';
import { lotRules } from './lot-number.ts';
import { patientRules } from './patient-rules.ts';
import { toVaccination } from './vaccination.ts';
import { codeRules } from './vaccination-codes.ts';
import { dateRules } from './vaccination-dates.ts';
import { recordRules } from './vaccination-record.ts';

export interface QualityRequest {
  readonly terminology: Terminology;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** It never throws, whatever JSON it is given. */
export type ValidateQuality = (resource: JsonObject, request: QualityRequest) => readonly Finding[];

const vaccinationRules = [...dateRules, ...codeRules, ...lotRules, ...recordRules];

export const createQualityValidation =
  (tables: QualityTables): ValidateQuality =>
  (resource, request) => {
    if (!CONCERNED.has(String(resource['resourceType']))) return [];
    const placed = resourcesWithin(resource);
    return placed.flatMap((one) =>
      faultsOf(one, resource, { tables, request }).map((fault) => toFinding(fault, expressionOf(one.place))),
    );
  };

const CONCERNED: ReadonlySet<string> = new Set(['Immunization', 'Patient', 'Bundle', 'Parameters']);

interface Basis {
  readonly tables: QualityTables;
  readonly request: QualityRequest;
}

/** A contained resource is part of the one that it is in, not a record of its own. */
function faultsOf(placed: PlacedResource, whole: JsonObject, { tables, request }: Basis): readonly Fault[] {
  const { resource: json, type, root } = placed;
  if (json !== root) return [];
  if (type === 'Patient') return apply(patientRules, { json, now: request.now });
  if (type !== 'Immunization' || json['status'] === 'entered-in-error') return [];
  return apply(vaccinationRules, toVaccination(json, { ...request, tables, patient: findPatient(json, whole) }));
}

const apply = <Subject>(rules: readonly QualityRule<Subject>[], subject: Subject): readonly Fault[] =>
  rules.flatMap((rule) => rule(subject) ?? []);

function findPatient(dose: JsonObject, whole: JsonObject): JsonObject | undefined {
  const reference = textOf(objectOf(dose['patient'])['reference']);
  if (reference === undefined) return undefined;
  if (reference.startsWith('#')) return objectsOf(dose['contained']).find(({ id }) => `#${id}` === reference);
  const entries = objectsOf(whole['entry']);
  const entry = entries.find(({ fullUrl }) => fullUrl === reference) ?? entries.find((one) => isNamed(one, reference));
  return entry && objectOf(entry['resource']);
}

const isNamed = ({ resource }: JsonObject, reference: string): boolean => {
  const { resourceType, id } = objectOf(resource);
  return id !== undefined && `${resourceType}/${id}` === reference;
};
