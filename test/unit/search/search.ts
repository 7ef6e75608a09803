/** Searching one resource without a database. */
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { FhirError } from '../../../src/fhir/error.ts';
import type { SearchParams } from '../../../src/fhir/interaction.ts';
import { extractIndexEntries } from '../../../src/search/extract.ts';
import type { IndexEntry, IndexValue } from '../../../src/search/index-entry.ts';
import { matchesQuery } from '../../../src/search/match.ts';
import { parseSearchQuery } from '../../../src/search/parse.ts';
import { isParameterCriterion, type ParameterCriterion, type SearchQuery } from '../../../src/search/query.ts';
import type { Terminology } from '../../../src/search/terminology.ts';
import { compiledFor } from './declared.ts';

export const BASE_URL = 'https://jenner.example.org/fhir';
export const NOW = new Date('2024-06-01T00:00:00Z');

export type TestResource = { readonly resourceType: string } & Readonly<Record<string, unknown>>;

/** An official R4 example by the name of its file. */
export const example = (name: string): TestResource =>
  JSON.parse(readFileSync(new URL(`../../fixtures/r4/${name}.json`, import.meta.url), 'utf8'));

export const entriesOf = (resource: TestResource): readonly IndexEntry[] =>
  extractIndexEntries(resource, compiledFor(resource.resourceType), BASE_URL);

/** What one search parameter finds in a resource. */
export const valuesOf = (resource: TestResource, code: string): readonly IndexValue[] =>
  entriesOf(resource)
    .filter((entry) => entry.code === code)
    .map(({ value }) => value);

/** A query of one resource type: its criteria are about the resource itself. */
export function queryOf(
  resourceType: string,
  params: SearchParams,
  terminology: Terminology = {},
): Omit<SearchQuery, 'criteria'> & { readonly criteria: readonly ParameterCriterion[] } {
  const vocabulary = { parameters: compiledFor(resourceType), baseUrl: BASE_URL, terminology };
  const query = parseSearchQuery(resourceType, params, vocabulary);
  return { ...query, criteria: query.criteria.filter(isParameterCriterion) };
}

/** Whether a search for these parameters finds the resource. */
export const finds = (resource: TestResource, params: SearchParams, terminology: Terminology = {}): boolean =>
  matchesQuery(entriesOf(resource), queryOf(resource.resourceType, params, terminology), NOW);

/** Expects a 400 about the parameter, and returns what it says. */
export function refusal(resourceType: string, name: string, value: string): string {
  try {
    queryOf(resourceType, { [name]: value });
  } catch (error) {
    if (!(error instanceof FhirError)) throw error;
    expect(error.status).toBe(400);
    expect(error.issues[0]?.expression).toEqual([`http.${name}`]);
    return error.message;
  }
  throw new Error(`${name}=${value} was not refused`);
}
