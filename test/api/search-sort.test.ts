/** FHIR R4, search.html#sort. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MOST_RANKED } from '../../src/storage/search/ranked-page.ts';
import { startTestServer, type TestServer } from '../support/jenner.ts';
import { putEntry, sendBundle } from './entries.ts';
import { type Found, find, idsOf, linkOf, namesOf, pagesBackFrom, pagesOf, refusalOf } from './search-results.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  const person = (id: string, family: string[], birthDate: string | undefined, more: object = {}) => ({
    resourceType: 'Patient',
    id,
    ...(family.length > 0 ? { name: family.map((one) => ({ family: one })) } : {}),
    ...(birthDate ? { birthDate } : {}),
    ...more,
  });
  const people = [
    person('a', ['Öberg'], '1990-05-01', { gender: 'male' }),
    person('b', ['adams'], '1980', { gender: 'female' }),
    person('c', ['Carreno Quinones'], undefined, { gender: 'male' }),
    person('d', ['Zola', 'Baker'], '1990-05-01', { gender: 'female' }),
    person('e', [], '2001-01-31'),
    person('f', ['ADAMS'], undefined, { gender: 'other' }),
  ];
  const dose = (id: string, lotNumber: string | undefined, date: string | undefined) => ({
    resourceType: 'Immunization',
    id,
    status: 'completed',
    vaccineCode: { text: 'x' },
    patient: { reference: `Patient/${id}` },
    ...(date ? { occurrenceDateTime: date } : { occurrenceString: 'unknown' }),
    ...(lotNumber ? { lotNumber } : {}),
  });
  const doses = [
    dose('a', 'L2', '2020-01-01'),
    dose('b', 'L1', '2021-01-01'),
    dose('c', undefined, undefined),
    dose('d', 'L2', '2019-01-01'),
  ];
  expect(
    (
      await sendBundle(
        server,
        'transaction',
        [...people, ...doses].map((one) => putEntry(one)),
      )
    ).status,
  ).toBe(200);
});
afterAll(() => server.close());

const order = async (search: string): Promise<string> => idsOf(await find(server, search)).join('');

describe('_sort', () => {
  it.each([
    ['Patient?_sort=_id', 'abcdef'],
    ['Patient?_sort=-_id', 'fedcba'],
    ['Patient?_sort=birthdate', 'badecf'],
    ['Patient?_sort=-birthdate', 'edabfc'],
    ['Patient?_sort=birthdate,_id', 'badecf'],
    ['Patient?_sort=birthdate,-_id', 'bdaefc'],
    ['Patient?_sort=-birthdate,_id', 'eadbcf'],
    ['Patient?_sort=gender,birthdate', 'bdacfe'],
    ['Patient?_sort=-gender,-birthdate', 'facdbe'],
    ['Immunization?_sort=date', 'dabc'],
    ['Immunization?_sort=-date', 'badc'],
    ['Immunization?_sort=lot-number,-date', 'badc'],
    ['Immunization?_sort=patient', 'abcd'],
    ['Immunization?_sort=-patient', 'dcba'],
    ['Immunization?_sort=status,_id', 'abcd'],
  ])('answers %s in the order %s, what has no value last', async (search, expected) => {
    expect(await order(search)).toBe(expected);
  });

  it('takes the lowest of several values where it ascends and the highest where it descends, without case or accents', async () => {
    expect(await order('Patient?_sort=family')).toBe('fbdcae');
    expect(await order('Patient?_sort=-family')).toBe('dacbfe');
  });

  it('goes by numbers as numbers', async () => {
    for (const [id, value] of Object.entries({ a: 10, b: 9, c: 100, d: undefined })) {
      await server.put(`Encounter/${id}`, {
        resourceType: 'Encounter',
        id,
        status: 'finished',
        class: { code: 'AMB' },
        ...(value ? { length: { value, unit: 'min' } } : {}),
      });
    }
    expect(await order('Encounter?_sort=length')).toBe('bacd');
    expect(await order('Encounter?_sort=-length')).toBe('cabd');
  });

  it('sorts by _lastUpdated from both ends', async () => {
    await server.put('Organization/one', { resourceType: 'Organization', id: 'one', name: '1' });
    await server.put('Organization/two', { resourceType: 'Organization', id: 'two', name: '2' });
    await server.put('Organization/one', { resourceType: 'Organization', id: 'one', name: '3' });
    expect(namesOf(await find(server, 'Organization?_sort=_lastUpdated'))).toEqual([
      'Organization/two',
      'Organization/one',
    ]);
    expect(namesOf(await find(server, 'Organization?_sort=-_lastUpdated'))).toEqual([
      'Organization/one',
      'Organization/two',
    ]);
  });

  it.each([
    'birthdate',
    '-birthdate',
    'family',
    '-family',
    'gender,-birthdate',
    '_id',
    '-_id',
    '_lastUpdated',
    '-_lastUpdated',
  ])('pages by %s through everything once, in one order, and back again', async (sort) => {
    const whole = idsOf(await find(server, `Patient?_sort=${sort}`));
    for (const count of [1, 2, 4, 5]) {
      const pages = await pagesOf(server, `Patient?_sort=${sort}&_count=${count}`);
      expect(pages.flatMap(idsOf)).toEqual(whole);
      expect(await pagesBackFrom(server, pages.at(-1) as Found)).toEqual(pages.slice(0, -1).map(idsOf));
      expect(linkOf(pages[0] as Found, 'previous')).toBeUndefined();
    }
  });

  it.each([
    ['Patient?_sort=shoesize', '"shoesize" is not a search parameter of Patient'],
    ['Patient?_sort=', 'a list of search parameters'],
    ['Patient?_sort=family,', 'a list of search parameters'],
    ['Patient?_sort=--family', 'is not a search parameter'],
    ['Patient?_sort=family&_sort=given', 'more than once'],
    ['Patient?_sort=family,-family', 'twice'],
    ['Patient?_sort=_score', '_score'],
    ['Observation?_sort=code-value-quantity', 'several components'],
  ])('is refused in %s', async (search, words) => {
    const { status, expression, diagnostics } = await refusalOf(server, search);
    expect([status, expression]).toEqual([400, 'http._sort']);
    expect(diagnostics).toContain(words);
  });

  it('is refused with a modifier', async () => {
    expect(await refusalOf(server, 'Patient?_sort:desc=family')).toMatchObject({
      status: 400,
      expression: 'http._sort:desc',
    });
  });

  it('without an index takes as many matches as can be sorted, and names the orders of an index beyond that', async () => {
    const rows = Array.from({ length: MOST_RANKED + 1 }, (_, index) => ({
      _id: `x${index}`,
      v: 1,
      lu: new Date(),
      m: 'PUT' as const,
      sv: 0,
      c: [],
      body: `{"resourceType":"Basic","id":"x${index}"}`,
      s_code: index === 7 ? '=first' : `=z${index % 100}`,
    }));
    const basics = server.jenner.database.current('Basic');
    await basics.insertMany(rows.slice(1));
    expect(idsOf(await find(server, 'Basic?_sort=code&_count=1'))).toEqual(['x7']);
    await basics.insertMany(rows.slice(0, 1));
    const { status, diagnostics } = await refusalOf(server, 'Basic?_sort=code&_count=1');
    expect(status).toBe(400);
    expect(diagnostics).toMatch(/_sort=code.*_lastUpdated/);
    expect(idsOf(await find(server, 'Basic?_sort=-_lastUpdated&_count=1'))).toHaveLength(1);
  });
});
