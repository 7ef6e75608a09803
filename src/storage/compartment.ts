/** The resources of a patient's compartment, type by type, by keyset (FHIR R4, compartmentdefinition.html). */
import type { Filter } from 'mongodb';
import type { CompartmentPosition, CompartmentRequest } from '../fhir/compartment.ts';
import type { StoredResource } from '../fhir/stored-resource.ts';
import type { ResourceDocument } from './database.ts';
import { visible } from './reach.ts';
import { toStored, VERSION_PROJECTION } from './resource-document.ts';
import type { Conditions } from './search/combine.ts';
import type { Store } from './versions.ts';

export interface CompartmentPage {
  readonly resources: readonly StoredResource[];
  readonly next: CompartmentPosition | undefined;
}

/** The search parameters that tell when care was given; a resource of another type is in every range. */
const CARE_DATES: Readonly<Record<string, string>> = {
  Immunization: 'date',
  ImmunizationRecommendation: 'date',
  ImmunizationEvaluation: 'date',
  Condition: 'onset-date',
  Observation: 'date',
  AllergyIntolerance: 'onset',
  Encounter: 'date',
  EpisodeOfCare: 'date',
  Communication: 'sent',
  CommunicationRequest: 'occurrence',
  DocumentReference: 'period',
  Flag: 'date',
  MeasureReport: 'period',
  Task: 'period',
};

const TIME_LIMIT_MS = 20_000;

export function mongoCompartments(store: Store) {
  return { resourcesIn: (request: CompartmentRequest) => resourcesIn(store, request) };
}

async function resourcesIn(store: Store, request: CompartmentRequest): Promise<CompartmentPage> {
  const { types, count, after } = request;
  const first = after ? Math.max(types.indexOf(after.resourceType), 0) : 0;
  const found: StoredResource[] = [];
  for (const resourceType of types.slice(first)) {
    const documents = await store.database
      .current(resourceType)
      .find(filterOf(store, resourceType, request), { projection: VERSION_PROJECTION, maxTimeMS: TIME_LIMIT_MS })
      .sort({ _id: 1 })
      .limit(count + 1 - found.length)
      .toArray();
    found.push(...documents.map((document) => toStored(resourceType, document)));
    if (found.length > count) break;
  }
  const resources = found.slice(0, count);
  return { resources, next: found.length > count ? resources.at(-1) : undefined };
}

function filterOf(
  { reach }: Store,
  resourceType: string,
  { compartment, since, careFrom, careTo, after }: CompartmentRequest,
): Filter<ResourceDocument> {
  const conditions: Conditions[] = [{ c: compartment }];
  if (after?.resourceType === resourceType) conditions.push({ _id: { $gt: after.id } });
  if (since) conditions.push({ lu: { $gte: since } });
  const field = `s_${CARE_DATES[resourceType]}`;
  if (careFrom && resourceType in CARE_DATES)
    conditions.push({ $or: [{ [field]: null }, { [`${field}.hi`]: { $gte: careFrom } }] });
  if (careTo && resourceType in CARE_DATES)
    conditions.push({ $or: [{ [field]: null }, { [`${field}.lo`]: { $lte: careTo } }] });
  return visible(reach, resourceType, conditions) as Filter<ResourceDocument>;
}
