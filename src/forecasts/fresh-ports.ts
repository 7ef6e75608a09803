/**
 * Ports through which no forecast is read that ignores a stored dose: what is asked for is brought up to date first
 * (docs/forecast.md).
 */

import { FhirError } from '../fhir/error.ts';
import type { SearchParams } from '../fhir/interaction.ts';
import type { StoredResource } from '../fhir/stored-resource.ts';
import type { Ports } from '../interactions/ports.ts';
import type { ForecastKeeper } from './forecast-keeper.ts';

const FORECAST = /Immunization(Recommendation|Evaluation)/;
const isForecast = (resourceType: string): boolean => FORECAST.test(resourceType);

export function freshPorts(ports: Ports, keeper: ForecastKeeper): Ports {
  const { persistence, search, compartments, bundle } = ports;
  const readFresh = (resourceType: string, id: string) => readForecast(ports, keeper, { resourceType, id });
  return {
    ...ports,
    persistence: {
      ...persistence,
      readResource: (request) =>
        isForecast(request.resourceType)
          ? readFresh(request.resourceType, request.id)
          : persistence.readResource(request),
    },
    search: {
      ...search,
      typeSearch: async (request) => {
        await refreshFor(keeper, request.resourceType, request.queryParams);
        return search.typeSearch(request);
      },
      globalSearch: async (request) => {
        const { compartment, queryParams } = request;
        // Without types that are named, forecasts are among them.
        if (compartment) await keeper.refresh([compartment.id]);
        else
          await refreshFor(keeper, '', { ...queryParams, _type: queryParams['_type'] ?? 'ImmunizationRecommendation' });
        return search.globalSearch(request);
      },
      matchingIds: async (resourceType, criteria) => {
        await refreshFor(keeper, resourceType, criteria);
        return search.matchingIds(resourceType, criteria);
      },
    },
    compartments: {
      resourcesIn: async (request) => {
        const patient = patientId(request.compartment);
        if (patient !== undefined && request.types.some(isForecast)) await keeper.refresh([patient]);
        return compartments.resourcesIn(request);
      },
    },
    bundle: {
      ...bundle,
      transaction: async (request) => {
        const answer = await bundle.transaction(request);
        const responses = answer.batchReadWriteResponses.map(async (response) => {
          const { operation, resourceType, id } = response;
          if (operation !== 'read' || !isForecast(resourceType)) return response;
          return { ...response, resource: (await readFresh(resourceType, id)).resource };
        });
        return { ...answer, batchReadWriteResponses: await Promise.all(responses) };
      },
    },
  };
}

type Place = { readonly resourceType: string; readonly id: string };

/** As it is when its patients are up to date; one that isn't there may come into being by that. */
async function readForecast({ persistence }: Ports, keeper: ForecastKeeper, place: Place) {
  const found = await persistence.readResource(place).catch(noneYet);
  if (found === undefined) await keeper.catchUp();
  else await keeper.refresh(patientsOf(found.resource));
  return persistence.readResource(place);
}

function noneYet(error: unknown): undefined {
  if (error instanceof FhirError && (error.status === 404 || error.status === 410)) return undefined;
  throw error;
}

const patientsOf = ({ compartments }: StoredResource): readonly string[] =>
  compartments.flatMap((compartment) => patientId(compartment) ?? []);

function patientId(reference: string): string | undefined {
  return reference.startsWith('Patient/') ? reference.slice('Patient/'.length) : undefined;
}

/** A search that names its patients waits for those; any other one that can find forecasts waits for everyone. */
async function refreshFor(keeper: ForecastKeeper, resourceType: string, params: SearchParams): Promise<void> {
  const entries = Object.entries(params);
  const mentions = entries.some(
    ([name, values]) => FORECAST.test(name) || [values].flat().some((value) => mayInclude(name, value)),
  );
  if (!isForecast(resourceType) && !mentions) return;
  const patients = mentions ? undefined : namedPatients(entries);
  if (patients === undefined) await keeper.catchUp();
  else await keeper.refresh(patients);
}

/** Also by `_revinclude=*`, which names no type. */
const mayInclude = (name: string, value: string): boolean =>
  FORECAST.test(value) || (/^_(rev)?include\b/.test(name) && /^\*/.test(value));

/** Undefined where the search doesn't name them by their ids. */
function namedPatients(
  entries: readonly (readonly [string, string | readonly string[]])[],
): readonly string[] | undefined {
  const named = entries.filter(([name]) => name === 'patient' || name === 'patient:Patient');
  const values = named.flatMap(([, value]) => [value].flat()).flatMap((value) => value.split(','));
  const ids = values.map((value) => idOf(value));
  return ids.length > 0 && ids.every((id) => id !== undefined) ? ids : undefined;
}

function idOf(value: string): string | undefined {
  if (/^[A-Za-z0-9\-.]{1,64}$/.test(value)) return value;
  const [, id] = /(?:^|\/)Patient\/([A-Za-z0-9\-.]{1,64})$/.exec(value) ?? [];
  return id;
}
