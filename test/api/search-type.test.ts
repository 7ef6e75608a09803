import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/jenner.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  const people = [
    { id: 'ada', family: 'Lovelace', given: 'Ada', gender: 'female', birthDate: '1815-12-10' },
    { id: 'alan', family: 'Turing', given: 'Alan', gender: 'male', birthDate: '1912-06-23' },
    { id: 'grace', family: 'Höpper', given: 'Grace', gender: 'female', birthDate: '1906-12' },
  ];
  for (const { id, family, given, gender, birthDate } of people) {
    const identifier = [{ system: 'urn:mrn', value: `MRN-${id}` }];
    const name = [{ family, given: [given] }];
    await server.put(`Patient/${id}`, { resourceType: 'Patient', id, identifier, name, gender, birthDate });
  }
  const doses = [
    { id: 'd1', patient: 'ada', date: '2024-01-10', code: '03', lot: 'EL9262', status: 'completed' },
    { id: 'd2', patient: 'ada', date: '2025-03-01', code: '08', lot: 'XY1', status: 'completed' },
    { id: 'd3', patient: 'alan', date: '2025-03-01', code: '03', lot: 'XY1', status: 'not-done' },
    { id: 'd4', patient: 'alan', date: '2023', code: '140', lot: 'ZZ', status: 'entered-in-error' },
    { id: 'd5', patient: 'alan', date: undefined, code: '140', lot: 'ZZ', status: 'completed' },
    { id: 'd0', patient: 'ada', date: undefined, code: '140', lot: 'ZZ', status: 'completed' },
  ];
  for (const { id, patient, date, code, lot, status } of doses) {
    await server.put(`Immunization/${id}`, {
      resourceType: 'Immunization',
      id,
      status,
      vaccineCode: { coding: [{ system: 'http://hl7.org/fhir/sid/cvx', code }] },
      patient: { reference: `Patient/${patient}` },
      ...(date ? { occurrenceDateTime: date } : { occurrenceString: 'unknown' }),
      lotNumber: lot,
      identifier: [{ system: 'urn:dose', value: id }],
    });
  }
  await server.put('ImmunizationRecommendation/r1', {
    resourceType: 'ImmunizationRecommendation',
    id: 'r1',
    patient: { reference: 'Patient/ada' },
    date: '2025-06-01',
    recommendation: [{ vaccineCode: [{ text: 'any' }], forecastStatus: { text: 'due' } }],
  });
});
afterAll(() => server.close());

interface Entry {
  readonly fullUrl: string;
  readonly resource: { readonly id: string };
  readonly search: { readonly mode: string };
}
async function idsOf(search: string): Promise<string[]> {
  const { status, body } = await server.get(search);
  expect(status, JSON.stringify(body)).toBe(200);
  return (body.entry ?? []).map(({ resource }: Entry) => resource.id);
}

describe('search of a type', () => {
  it.each([
    ['Patient?identifier=urn:mrn|MRN-ada', ['ada']],
    ['Patient?identifier=MRN-alan', ['alan']],
    ['Patient?identifier=other|MRN-alan', []],
    ['Patient?family=love', ['ada']],
    ['Patient?family=hopper', ['grace']],
    ['Patient?given=a', ['ada', 'alan']],
    ['Patient?family=turing&given=alan&birthdate=1912-06-23', ['alan']],
    ['Patient?birthdate=1906', ['grace']],
    ['Patient?birthdate=lt1900', ['ada']],
    ['Patient?gender=female', ['ada', 'grace']],
    ['Patient?gender=male,female', ['ada', 'alan', 'grace']],
    ['Patient?gender=male&gender=female', []],
    ['Patient?_id=ada,alan,nobody', ['ada', 'alan']],
    ['Patient?_id=ADA', []],
    ['Patient', ['ada', 'alan', 'grace']],
    ['Immunization?patient=ada', ['d2', 'd1', 'd0']],
    ['Immunization?patient=Patient/ada&date=ge2025', ['d2']],
    ['Immunization?date=2023', ['d4']],
    ['Immunization?status=not-done', ['d3']],
    ['Immunization?vaccine-code=http://hl7.org/fhir/sid/cvx|03', ['d3', 'd1']],
    ['Immunization?vaccine-code=140&patient=alan', ['d4', 'd5']],
    ['Immunization?lot-number=el9262', ['d1']],
    ['Immunization?identifier=urn:dose|d4', ['d4']],
    ['ImmunizationRecommendation?patient=ada&date=2025-06-01', ['r1']],
  ])('answers %s with %j', async (search, ids) => {
    expect(await idsOf(search)).toEqual(ids);
  });

  it('answers a searchset whose entries have a fullUrl and are marked as matches', async () => {
    const { body, headers } = await server.get('Patient?_id=ada');
    expect([body.resourceType, body.type, body.total]).toEqual(['Bundle', 'searchset', 1]);
    expect(body.entry[0]).toMatchObject({ fullUrl: `${server.base}/Patient/ada`, search: { mode: 'match' } });
    expect(headers['content-type']).toBe('application/fhir+json; charset=utf-8');
  });

  it('lists Immunizations newest first, and those without a date last', async () => {
    expect(await idsOf('Immunization')).toEqual(['d2', 'd3', 'd1', 'd4', 'd0', 'd5']);
  });

  it('answers only the number of matches where _count is 0', async () => {
    const { body } = await server.get('Immunization?patient=ada&_count=0');
    expect([body.total, body.entry]).toEqual([3, undefined]);
  });

  it('takes the parameters of a POST from the form and from the URL together', async () => {
    const search = (url: string, form: string) =>
      server.fhir.post(`/fhir/${url}`).set('Content-Type', 'application/x-www-form-urlencoded').send(form);
    const both = await search('Patient/_search?gender=female', 'given=Ada&family=Lovelace');
    expect(both.body.entry.map(({ resource }: Entry) => resource.id)).toEqual(['ada']);
    const repeated = await search('Patient/_search?gender=female', 'gender=male');
    expect(repeated.body.entry).toBeUndefined();
    expect((await search('Patient/_search', '')).body.entry).toHaveLength(3);
    expect((await server.post('Patient/_search', '{}')).status).toBe(415);
    expect((await server.get('Patient/_search')).status).toBe(405);
  });

  it('tells in the self link what it searched for', async () => {
    const { body } = await server.get('Patient?family=H%C3%B6p&_count=5000');
    expect(body.link[0]).toEqual({ relation: 'self', url: `${server.base}/Patient?family=H%C3%B6p&_count=1000` });
  });

  it('finds what was written the moment before, and no more what was changed or deleted', async () => {
    const lot = (lotNumber: string) => ({
      resourceType: 'Immunization',
      id: 'ryw',
      status: 'completed',
      vaccineCode: { text: 'x' },
      patient: { reference: 'Patient/ryw' },
      occurrenceDateTime: '2020-01-01',
      lotNumber,
    });
    for (let round = 0; round < 10; round++) {
      await server.put('Immunization/ryw', lot(`ryw-${round}`));
      expect(await idsOf(`Immunization?lot-number=ryw-${round}`)).toEqual(['ryw']);
      expect(await idsOf(`Immunization?lot-number=ryw-${round - 1}`)).toEqual([]);
    }
    await server.delete('Immunization/ryw');
    expect(await idsOf('Immunization?patient=ryw')).toEqual([]);
  });

  it('finds by _lastUpdated what the server stamped, not what the client wrote', async () => {
    const meta = { lastUpdated: '1999-05-05T00:00:00Z' };
    const { body } = await server.post('Basic', { resourceType: 'Basic', code: { text: 'x' }, meta });
    const { lastUpdated } = body.meta;
    expect(await idsOf(`Basic?_lastUpdated=${lastUpdated}`)).toEqual([body.id]);
    expect(await idsOf('Basic?_lastUpdated=1999')).toEqual([]);
    expect(await idsOf(`Basic?_lastUpdated=gt${lastUpdated}`)).toEqual([]);
    expect(await idsOf(`Basic?_lastUpdated=ge${lastUpdated}&_lastUpdated=le${lastUpdated}`)).toEqual([body.id]);
  });
});

describe('a search that is refused', () => {
  it.each([
    ['Patient?shoesize=42', 'http.shoesize'],
    ['Patient?family:like=x', 'http.family:like'],
    ['Patient?gender:exact=x', 'http.gender:exact'],
    ['Patient?_count=-1', 'http._count'],
    ['Patient?_count=many', 'http._count'],
    ['Patient?_count=1&_count=2', 'http._count'],
    ['Patient?_sort=shoesize', 'http._sort'],
    ['Patient?_include=Patient:shoesize', 'http._include'],
    ['Patient?__proto__=1', 'http.__proto__'],
    ['Patient?constructor=1', 'http.constructor'],
  ])('answers 400 to %s, naming the parameter', async (search, expression) => {
    const { status, body } = await server.get(search);
    expect([status, body.resourceType, body.issue[0].expression]).toEqual([400, 'OperationOutcome', [expression]]);
  });

  it.each(['birthdate=1912-13', 'birthdate=xx2020', 'birthdate=', 'family:missing=perhaps', '_lastUpdated=yesterday'])(
    'answers 400 to the value of %s',
    async (query) => {
      expect((await server.get(`Patient?${query}`)).status).toBe(400);
    },
  );
});
