/** The `Search` port of FHIR Works on MongoDB: searches of one type, of several, and of what belongs to one patient. */
import type { GlobalSearchRequest, TypeSearchRequest } from 'fhir-works-on-aws-interface';
import { notServed, notSupported } from '../fhir/error.ts';
import type { Compartment, SearchHandling, SearchParams } from '../fhir/interaction.ts';
import { includeValues } from '../search/include.ts';
import type { FoundPage } from './found-page.ts';
import { answerSearch } from './search/answer-search.ts';
import { readTypes } from './search/search-request.ts';
import { matchingIds } from './search/type-search.ts';
import type { Store } from './versions.ts';

/** What the published requests have no member for. */
type Asked = {
  readonly queryParams: SearchParams;
  /** Strict where nothing is said. */
  readonly handling?: SearchHandling;
  /** Only what is in it is searched. */
  readonly compartment?: Compartment;
};

/**
 * @param pageKey 32 bytes, the same on every server of the deployment
 * @param isReady waits for what a query has to be read with: the terminology as it is written by now
 */
export function mongoSearch(store: Store, pageKey: Buffer, isReady: () => Promise<unknown> = async () => undefined) {
  return {
    typeSearch: async (request: TypeSearchRequest & Asked) => {
      await isReady();
      return { result: await typeSearch(store, pageKey, request) };
    },
    globalSearch: async (request: GlobalSearchRequest & Asked) => {
      await isReady();
      return { result: await globalSearch(store, pageKey, request) };
    },
    matchingIds: async (resourceType: string, params: SearchParams) => {
      await isReady();
      return matchingIds(store, { resourceType, params });
    },
    getCapabilities: async () => searchCapabilities(store),
    validateSubscriptionSearchCriteria: (criteria: string): void => {
      throw notSupported(`Subscriptions are not worked off by this server (${criteria.length} characters).`);
    },
  };
}

function typeSearch(store: Store, pageKey: Buffer, request: TypeSearchRequest & Asked): Promise<FoundPage> {
  refuseFilters(request);
  const { resourceType, compartment } = request;
  if (compartment && !store.definitions.isInPatientCompartment(resourceType)) {
    throw notServed(`${resourceType} is never in the compartment of a patient.`);
  }
  return answerSearch(store, {
    ...askedOf(request),
    pageKey,
    path: pathOf(compartment, resourceType),
    types: [resourceType],
  });
}

function globalSearch(store: Store, pageKey: Buffer, request: GlobalSearchRequest & Asked): Promise<FoundPage> {
  refuseFilters(request);
  const { definitions } = store;
  const { compartment } = request;
  const searchable = compartment
    ? definitions.resourceTypes.filter((type) => definitions.isInPatientCompartment(type))
    : definitions.resourceTypes;
  const types = readTypes(store, request.queryParams['_type'], searchable);
  return answerSearch(store, { ...askedOf(request), pageKey, path: pathOf(compartment, '*'), types, ofSystem: true });
}

/** Fails closed: a restriction that were passed over would show what it is meant to hide. */
function refuseFilters({ searchFilters }: GlobalSearchRequest): void {
  if (searchFilters?.length) throw notSupported('This server takes no restrictions by search filters.');
}

const askedOf = ({ queryParams, baseUrl, handling = 'strict', compartment }: GlobalSearchRequest & Asked) => ({
  params: queryParams,
  baseUrl,
  handling,
  compartment: compartment && `${compartment.resourceType}/${compartment.id}`,
});

/** Where the search is below the base. */
function pathOf(compartment: Compartment | undefined, last: string): string {
  if (compartment) return `${compartment.resourceType}/${compartment.id}/${last}`;
  return last === '*' ? '' : last;
}

function searchCapabilities({ definitions }: Store) {
  const vocabulary = { servedTypes: definitions.resourceTypes, parametersOf: definitions.searchParameters };
  const capabilities = definitions.resourceTypes.map((resourceType) => {
    const searchParam = definitions.searchParameters(resourceType).map(({ code, type }) => ({ name: code, type }));
    const { include, revinclude } = includeValues(resourceType, vocabulary);
    return [resourceType, { searchParam, searchInclude: [...include], searchRevInclude: [...revinclude] }];
  });
  return Object.fromEntries(capabilities);
}
