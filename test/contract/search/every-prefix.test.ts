/** Every prefix between every two of the dates and numbers that are hard: MongoDB and the definition agree. */
import { type Collection, MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { extractIndexEntries } from '../../../src/search/extract.ts';
import { matchesQuery } from '../../../src/search/match.ts';
import { parseSearchQuery } from '../../../src/search/parse.ts';
import { isParameterCriterion } from '../../../src/search/query.ts';
import { searchFields } from '../../../src/storage/search/fields.ts';
import { criteriaFilter } from '../../../src/storage/search/filter.ts';
import { compiledFor } from '../../unit/search/declared.ts';
import { DATES, NUMBERS } from './random-resources.ts';

const NOW = new Date('2024-06-01T00:00:00Z');
const PREFIXES = ['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap'];
const DAYS = DATES.filter((date) => !date.includes('T'));
const INSTANTS = DATES.filter((date) => date.includes('T'));
/** Pairs that make a Period, open ones among them. */
const PERIODS = DATES.flatMap((date, at) => [
  { start: date },
  { end: date },
  { start: date, end: DATES[(at * 7 + 3) % DATES.length] },
]);
const SEARCHED_DATES = [
  ...DATES,
  ...[
    '2024-02-28',
    '2024-03-02',
    '2022',
    '2024-02-29T23:30',
    '2024-02-29T23:30:00',
    '2024-03-01T04:30Z',
    '2024-02-29T23:30-05:00',
  ],
  ...[
    '2024-02-28T16:00:00+14:00',
    '2024-03-01T13:59:59.999-10:00',
    '2024-12-31T23:59:59.999',
    '2024-03-01T00:00:00+14:00',
  ],
];
const SEARCHED_NUMBERS = [
  '0',
  '5',
  '5.4',
  '5.40',
  '100',
  '1e2',
  '1.00e2',
  '-3',
  '0.00001',
  '100.5',
  '5|http://u|mg',
  '5||MG',
];

let client: MongoClient;

beforeAll(async () => {
  client = await MongoClient.connect(inject('mongodbUri'));
});

afterAll(() => client.close());

const quantities = NUMBERS.flatMap((value) => [
  { value },
  { value, system: 'http://u', code: 'mg' },
  { value, unit: 'MG', comparator: '<' },
  { value, comparator: '>=' },
]);

describe.each<[string, string, readonly string[], readonly object[]]>([
  ['Patient', 'birthdate', SEARCHED_DATES, DAYS.map((birthDate) => ({ birthDate }))],
  ['Immunization', 'date', SEARCHED_DATES, DATES.map((occurrenceDateTime) => ({ occurrenceDateTime }))],
  [
    'Immunization',
    'reaction-date',
    SEARCHED_DATES,
    DATES.map((date, at) => ({ reaction: [{ date }, { date: DATES.at(at - 5) }] })),
  ],
  ['Observation', 'date', SEARCHED_DATES, PERIODS.map((effectivePeriod) => ({ effectivePeriod }))],
  ['AuditEvent', 'date', SEARCHED_DATES, INSTANTS.map((recorded) => ({ recorded }))],
  ['Observation', 'value-quantity', SEARCHED_NUMBERS, quantities.map((valueQuantity) => ({ valueQuantity }))],
  [
    'Observation',
    'component-value-quantity',
    SEARCHED_NUMBERS,
    quantities.map((valueQuantity, at) => ({
      component: [{ valueQuantity }, { valueQuantity: quantities.at(at - 9) }],
    })),
  ],
])('%s?%s', (resourceType, code, searched, contents) => {
  test('finds the same with every prefix and value', async () => {
    const parameters = compiledFor(resourceType).filter((parameter) => parameter.code === code);
    const resources = [...contents, {}].map((content, at) => ({ resourceType, id: `${at}`, ...content }));
    const entries = resources.map((resource) => extractIndexEntries(resource, parameters));
    const collection: Collection<{ _id: string }> = client
      .db(`every_prefix_${process.pid}`)
      .collection(`${resourceType}-${code}`);
    await collection.insertMany(entries.map((own, at) => ({ _id: `${at}`, ...searchFields(own, parameters) })));
    const differences: unknown[] = [];
    for (const value of searched.flatMap((text) => PREFIXES.map((prefix) => prefix + text))) {
      const query = parseSearchQuery(resourceType, { [code]: value }, { parameters });
      const filter = criteriaFilter(query.criteria.filter(isParameterCriterion), NOW);
      const found = new Set(
        (await collection.find(filter as object, { projection: { _id: 1 } }).toArray()).map(({ _id }) => _id),
      );
      const wrong = resources.filter(({ id }, at) => found.has(id) !== matchesQuery(entries[at] ?? [], query, NOW));
      if (wrong.length > 0) differences.push({ value, wrong, filter });
    }
    await collection.drop();
    expect(differences).toEqual([]);
  });
});
