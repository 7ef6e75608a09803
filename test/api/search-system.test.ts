/** Search across types (FHIR R4, http.html#search, search.html#all). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/jenner.ts';
import { putEntry, sendBundle } from './entries.ts';
import { type Found, find, linkOf, namesOf, pagesBackFrom, pagesOf, refusalOf } from './search-results.ts';

let server: TestServer;
const tag = { meta: { tag: [{ system: 'urn:t', code: 'mine' }] } };
beforeAll(async () => {
  server = await startTestServer();
  for (const round of [1, 2, 3]) {
    const dose = {
      resourceType: 'Immunization',
      id: `d${round}`,
      status: 'completed',
      vaccineCode: { text: 'x' },
      patient: { reference: 'Patient/p1' },
      occurrenceDateTime: `202${round}-01-01`,
    };
    const resources = [
      { resourceType: 'Patient', id: `p${round}`, ...tag },
      { ...dose, ...tag },
      { resourceType: 'Organization', id: `o${round}`, name: 'x', ...(round === 2 ? tag : {}) },
    ];
    await sendBundle(
      server,
      'batch',
      resources.map((one) => putEntry(one)),
    );
  }
});
afterAll(() => server.close());

const names = async (search: string) => namesOf(await find(server, search));
const MINE = [
  'Patient/p1',
  'Patient/p2',
  'Patient/p3',
  'Immunization/d3',
  'Immunization/d2',
  'Immunization/d1',
  'Organization/o2',
];

describe('a search across types', () => {
  it('answers type by type, each in its own order', async () => {
    expect((await names('?_tag=mine')).toSorted()).toEqual(MINE.toSorted());
    expect(await names('?_type=Immunization,Patient&_tag=mine')).toEqual(MINE.slice(0, 6));
    expect(await names('?_type=Organization&name=x')).toEqual([
      'Organization/o1',
      'Organization/o2',
      'Organization/o3',
    ]);
    expect(await names('?_id=p1,d1,o1&_type=Patient,Organization')).toEqual(['Patient/p1', 'Organization/o1']);
    expect((await find(server, '/fhir?_tag=mine')).total).toBe(7);
    expect(await find(server, '/fhir?_tag=mine&_summary=count')).toMatchObject({ total: 7 });
  });

  it('has one order over all types where it is sorted', async () => {
    const search = '?_type=Patient,Immunization,Organization&_tag=urn:t%7Cmine';
    const byTime = [
      'Patient/p1',
      'Immunization/d1',
      'Patient/p2',
      'Immunization/d2',
      'Organization/o2',
      'Patient/p3',
      'Immunization/d3',
    ];
    expect(new Set(await names(`${search}&_sort=_lastUpdated`))).toEqual(new Set(byTime));
    expect(await names(`${search}&_sort=_id`)).toEqual(['d1', 'd2', 'd3', 'o2', 'p1', 'p2', 'p3'].map(nameOf));
    expect(await names(`${search}&_sort=-_id`)).toEqual(['p3', 'p2', 'p1', 'o2', 'd3', 'd2', 'd1'].map(nameOf));
    expect(await names('?_type=Patient,Immunization&_sort=_tag,-_id')).toEqual(
      ['p3', 'p2', 'p1', 'd3', 'd2', 'd1'].map(nameOf),
    );
  });

  it.each([
    '',
    '&_sort=_lastUpdated',
    '&_sort=-_lastUpdated',
    '&_sort=_id',
    '&_sort=-_id',
    '&_sort=_tag',
    '&_sort=-_tag,_id',
  ])('goes on page by page with %s, each resource once and in the same order, and back', async (sort) => {
    const search = `?_type=Patient,Immunization,Organization${sort}`;
    const whole = await names(search);
    expect(whole).toHaveLength(9);
    for (const count of [1, 2, 3, 4, 8, 9]) {
      const pages = await pagesOf(server, `${search}&_count=${count}`);
      expect(pages.flatMap((page) => namesOf(page))).toEqual(whole);
      expect((await pagesBackFrom(server, pages.at(-1) as Found)).flat()).toEqual(
        whole.slice(0, (pages.length - 1) * count).map((name) => name.split('/')[1]),
      );
    }
  });

  it('is asked for by POST too, and tells itself as a GET', async () => {
    const { body } = await server.fhir.post('/fhir/_search').type('form').send('_type=Patient&_id=p1');
    expect([namesOf(body), linkOf(body, 'self')]).toEqual([['Patient/p1'], `${server.base}?_type=Patient&_id=p1`]);
    expect((await server.get('?_type=Patient&_id=p2')).status).toBe(200);
    expect((await server.fhir.head('/fhir?_type=Patient')).status).toBe(200);
  });

  it('includes what its matches refer to', async () => {
    const found = await find(server, '/fhir?_type=Immunization,Organization&_id=d1,o1&_include=Immunization:patient');
    expect([namesOf(found), namesOf(found, 'include')]).toEqual([
      ['Immunization/d1', 'Organization/o1'],
      ['Patient/p1'],
    ]);
  });

  it('can stand in a Bundle', async () => {
    const { body } = await sendBundle(server, 'batch', [{ request: { method: 'GET', url: '?_type=Patient&_id=p1' } }]);
    expect(namesOf(body.entry[0].resource)).toEqual(['Patient/p1']);
  });

  it.each([
    ['?gender=male', 'http.gender'],
    ['?_type=Patient,Immunization&gender=male', 'http.gender'],
    ['?_type=Medication', 'http._type'],
    ['?_type=', 'http._type'],
    ['?_type=Patient&_type=Immunization', 'http._type'],
    ['?_type=Patient,Immunization&_sort=birthdate', 'http._sort'],
    ['?_type=Patient&_include=Immunization:patient', 'http._include'],
    ['Patient?_type=Patient', 'http._type'],
  ])('is refused in %s', async (search, expression) => {
    expect(await refusalOf(server, search)).toMatchObject({ status: 400, expression });
  });
});

const TYPES: Readonly<Record<string, string>> = { p: 'Patient', d: 'Immunization', o: 'Organization' };
const nameOf = (id: string): string => `${TYPES[id.slice(0, 1)]}/${id}`;
