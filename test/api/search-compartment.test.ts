/** Search of what belongs to a patient (FHIR R4, http.html#vsearch, compartmentdefinition-patient.html). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/jenner.ts';
import { putEntry, sendBundle } from './entries.ts';
import { find, linkOf, namesOf, pagesOf, refusalOf } from './search-results.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  const of = (id: string, patient: string, date: string) => ({
    resourceType: 'Immunization',
    id,
    status: 'completed',
    vaccineCode: { text: id },
    patient: { reference: `Patient/${patient}` },
    occurrenceDateTime: date,
    location: { reference: 'Location/l' },
  });
  const resources = [
    { resourceType: 'Patient', id: 'p' },
    { resourceType: 'Patient', id: 'q' },
    { resourceType: 'Patient', id: 'gone' },
    of('d1', 'p', '2021-01-01'),
    of('d2', 'p', '2023-01-01'),
    of('d3', 'p', '2022-01-01'),
    of('other', 'q', '2022-01-01'),
    { resourceType: 'Observation', id: 'o', status: 'final', code: { text: 'x' }, subject: { reference: 'Patient/p' } },
    {
      resourceType: 'Observation',
      id: 'x',
      status: 'final',
      code: { text: 'x' },
      subject: { reference: 'Patient/q' },
      performer: [{ reference: 'Patient/p' }],
    },
    { resourceType: 'Location', id: 'l', name: 'l' },
  ];
  expect(
    (
      await sendBundle(
        server,
        'transaction',
        resources.map((one) => putEntry(one)),
      )
    ).status,
  ).toBe(200);
  await server.delete('Patient/gone');
});
afterAll(() => server.close());

const names = async (search: string) => namesOf(await find(server, search));

describe('a search in the compartment of a patient', () => {
  it.each([
    ['Patient/p/Immunization', ['Immunization/d2', 'Immunization/d3', 'Immunization/d1']],
    ['Patient/p/Immunization?date=lt2023', ['Immunization/d3', 'Immunization/d1']],
    ['Patient/p/Immunization?_sort=date', ['Immunization/d1', 'Immunization/d3', 'Immunization/d2']],
    ['Patient/p/Immunization?patient=q', []],
    ['Patient/p/Immunization?_id=other', []],
    ['Patient/p/Observation', ['Observation/o', 'Observation/x']],
    ['Patient/p/Patient', ['Patient/p']],
    ['Patient/q/*?_type=Immunization', ['Immunization/other']],
    ['Patient/p/*?_type=Observation,Immunization&_id=d1,o,other', ['Immunization/d1', 'Observation/o']],
  ])('answers %s with %j', async (search, expected) => {
    expect(await names(search)).toEqual(expected);
  });

  it('answers everything of the patient to *, page by page', async () => {
    const whole = await names('Patient/p/*');
    expect(whole.toSorted()).toEqual(
      [
        'Patient/p',
        'Immunization/d1',
        'Immunization/d2',
        'Immunization/d3',
        'Observation/o',
        'Observation/x',
      ].toSorted(),
    );
    const pages = await pagesOf(server, 'Patient/p/*?_count=2');
    expect(pages.flatMap((page) => namesOf(page))).toEqual(whole);
    expect(pages).toHaveLength(3);
  });

  it('tells itself in its links, and includes what is outside', async () => {
    const found = await find(server, 'Patient/p/Immunization?_id=d1&_include=Immunization:location');
    expect(linkOf(found, 'self')).toBe(`${server.base}/Patient/p/Immunization?_id=d1&_include=Immunization:location`);
    expect(namesOf(found, 'include')).toEqual(['Location/l']);
    expect((await find(server, 'Patient/p/Immunization?_summary=count')).total).toBe(3);
  });

  it.each(['Patient/p/Immunization/_search', 'Patient/p/*/_search', 'Patient/p/_search'])(
    'is asked for by POST at %s',
    async (path) => {
      const { status, body } = await server.fhir.post(`/fhir/${path}`).type('form').send('_id=d1');
      expect([status, namesOf(body)]).toEqual([200, ['Immunization/d1']]);
      expect(linkOf(body, 'self')).toMatch(/\/Patient\/p\/(Immunization|\*)\?_id=d1$/);
    },
  );

  it('does not open a page link of another patient', async () => {
    const next = linkOf(await find(server, 'Patient/p/Immunization?_count=1'), 'next') ?? '';
    expect((await server.get(next.replace('/Patient/p/', '/Patient/q/'))).status).toBe(400);
  });

  it.each([
    ['of a patient who is not there', 'Patient/nobody/Immunization', 404],
    ['of a patient who is not there, of all types', 'Patient/nobody/*', 404],
    ['of a patient who was deleted', 'Patient/gone/Immunization', 410],
    ['of a type that is never in it', 'Patient/p/Organization', 404],
    ['of a type that is not served', 'Patient/p/Medication', 404],
    ['of another compartment', 'Organization/l/Immunization', 404],
    ['by a parameter of some types only', 'Patient/p/*?date=2020', 400],
    ['by a type that is never in it', 'Patient/p/*?_type=Organization', 400],
  ])('is refused %s', async (_what, search, status) => {
    expect((await refusalOf(server, search)).status).toBe(status);
  });

  it('is served to HEAD, and not to other methods', async () => {
    expect((await server.fhir.head('/fhir/Patient/p/Immunization')).status).toBe(200);
    const { status, headers } = await server.put('Patient/p/Immunization', {});
    expect([status, headers['allow']]).toEqual([405, 'GET, HEAD']);
  });
});
