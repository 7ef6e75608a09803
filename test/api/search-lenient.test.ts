/** FHIR R4, search.html#errors and http.html#prefer. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/jenner.ts';
import { entriesOf, find, idsOf, linkOf, refusalOf } from './search-results.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  for (const gender of ['male', 'female']) {
    await server.put(`Patient/${gender}`, { resourceType: 'Patient', id: gender, gender });
  }
});
afterAll(() => server.close());

const LENIENT = { Prefer: 'handling=lenient' };
const ignoredIn = (found: Awaited<ReturnType<typeof find>>) =>
  entriesOf(found, 'outcome').flatMap(({ resource }) => resource.issue?.flatMap(({ expression }) => expression ?? []));

describe('an unknown parameter', () => {
  it.each([{}, { Prefer: 'handling=strict' }, { Prefer: 'return=minimal' }, { Prefer: 'handling=loose' }])(
    'is refused with %o',
    async (headers) => {
      const refusal = await refusalOf(server, 'Patient?shoesize=42', headers as never);
      expect(refusal).toMatchObject({ status: 400, expression: 'http.shoesize' });
    },
  );

  it.each([
    'handling=lenient',
    'Handling = "lenient"',
    'return=minimal, handling=lenient',
    'handling=lenient; respond-later',
  ])('is passed over with Prefer: %s, and named in an outcome', async (prefer) => {
    const found = await find(server, 'Patient?shoesize=42&gender=male&colour:of=red', { Prefer: prefer });
    expect(idsOf(found)).toEqual(['male']);
    expect(ignoredIn(found)).toEqual(['http.shoesize', 'http.colour:of']);
    expect(linkOf(found, 'self')).toBe(`${server.base}/Patient?gender=male`);
    expect(found.total).toBe(1);
  });

  it('leaves no outcome where nothing was passed over', async () => {
    expect(entriesOf(await find(server, 'Patient?gender=male', LENIENT), 'outcome')).toEqual([]);
  });

  it('is passed over in a search by POST, on a page after the first, in a count and across types', async () => {
    const form = server.fhir.post('/fhir/Patient/_search').set(LENIENT).type('form').send('shoesize=42&gender=female');
    expect(idsOf((await form).body)).toEqual(['female']);
    const first = await find(server, 'Patient?shoesize=42&_count=1', LENIENT);
    expect(idsOf(await find(server, linkOf(first, 'next') ?? ''))).toEqual(['male']);
    const count = await find(server, 'Patient?shoesize=42&_count=0', LENIENT);
    expect([count.total, ignoredIn(count)]).toEqual([2, ['http.shoesize']]);
    const across = await find(server, '/fhir?_type=Patient,Immunization&gender=male&_id=male', LENIENT);
    expect([idsOf(across), ignoredIn(across)]).toEqual([['male'], ['http.gender']]);
    expect(ignoredIn(await find(server, 'Patient?_contained=true&_score=1', LENIENT))).toEqual([
      'http._contained',
      'http._score',
    ]);
  });
});

describe('what is never passed over', () => {
  it.each([
    ['a modifier of a known parameter', 'gender:exact=male', 'http.gender:exact'],
    ['a value in a form it can’t have', 'birthdate=soon', 'http.birthdate'],
    ['an unknown key of _sort', '_sort=shoesize', 'http._sort'],
    ['an unknown reference to include', '_include=Patient:shoesize', 'http._include'],
    ['a wrong number', '_count=many', 'http._count'],
    ['a wrong total', '_total=all', 'http._total'],
    ['an unknown parameter at the end of a chain', 'organization.shoesize=1', 'http.organization.shoesize'],
    ['an unknown parameter in _has', '_has:Immunization:patient:shoesize=1', 'http._has:Immunization:patient:shoesize'],
  ])('is %s', async (_what, query, expression) => {
    expect(await refusalOf(server, `Patient?${query}`, LENIENT)).toMatchObject({ status: 400, expression });
  });

  it('is anything of a condition of a write', async () => {
    const create = server
      .post('Patient', { resourceType: 'Patient' })
      .set({ ...LENIENT, 'If-None-Exist': 'shoesize=42' });
    expect((await create).status).toBe(400);
    expect((await server.delete('Patient?shoesize=42').set(LENIENT)).status).toBe(400);
  });
});
