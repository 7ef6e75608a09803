import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/jenner.ts';
import {
  answersOf,
  countMatches,
  deleteEntry,
  type Entry,
  getEntry,
  idOf,
  patient,
  postEntry,
  putEntry,
  sendBundle,
  statuses,
  uuid,
} from './entries.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const transact = (...entries: readonly Entry[]) => sendBundle(server, 'transaction', entries);
const total = (search: string) => countMatches(server, search);

describe('transaction', () => {
  it('answers every entry in the order of the request, deletes before creates, updates and reads', async () => {
    await server.put('Patient/t-del', patient('TDel', { id: 't-del' }));
    await server.put('Patient/t-put', patient('TPut', { id: 't-put' }));
    const response = await transact(
      getEntry('Patient/t-put'),
      putEntry({ ...patient('TPut2'), id: 't-put' }),
      getEntry('Patient?family=TDel'),
      postEntry(patient('TPost')),
      deleteEntry('Patient/t-del'),
      getEntry('Patient?family=TPost'),
    );
    expect([response.status, response.body.type]).toEqual([200, 'transaction-response']);
    const answers = answersOf(response);
    expect(statuses(answers)).toEqual(['200', '200', '200', '201', '204', '200']);
    expect(answers[0]?.resource).toMatchObject({ id: 't-put', name: [{ family: 'TPut2' }] });
    expect(answers[2]?.resource).toMatchObject({ type: 'searchset' });
    expect(answers[2]?.resource?.['entry']).toBeUndefined();
    expect(answers[5]?.resource?.['entry']).toHaveLength(1);
    expect(answers[1]?.response).toMatchObject({ etag: 'W/"2"', location: 'Patient/t-put/_history/2' });
    expect(answers[3]?.response.location).toMatch(/^Patient\/[A-Za-z0-9-]+\/_history\/1$/);
    expect(new Set([1, 3, 4].map((index) => answers[index]?.response.lastModified)).size).toBe(1);
    expect(answers.map(({ resource }) => resource !== undefined)).toEqual([true, false, true, false, false, true]);
  });

  it('rewrites what the entries call each other, wherever a reference, a uri or a link of a narrative can stand', async () => {
    const [person, clinic] = [uuid(1), uuid(2)];
    const response = await transact(
      { ...postEntry(patient('Linked')), fullUrl: person },
      { ...putEntry({ resourceType: 'Organization', id: 'clinic', name: 'C' } as never), fullUrl: clinic },
      postEntry({
        resourceType: 'Immunization',
        status: 'completed',
        text: {
          status: 'generated',
          div: `<div xmlns="http://www.w3.org/1999/xhtml"><a href="${person}">p</a> <img src='${clinic}'/> ${person}</div>`,
        },
        contained: [
          {
            resourceType: 'Provenance',
            id: 'c',
            target: [{ reference: person }, { reference: '#' }],
            recorded: '2024-01-01T00:00:00Z',
            agent: [{ who: { reference: clinic } }],
          },
        ],
        extension: [
          { url: 'http://example.org/ref', valueReference: { reference: clinic } },
          { url: 'http://example.org/uri', valueUri: person },
          { url: 'http://example.org/text', valueString: person },
          { url: 'http://example.org/canonical', valueCanonical: clinic },
        ],
        identifier: [{ system: 'urn:x', value: person }],
        vaccineCode: { text: person },
        occurrenceString: 'long ago',
        patient: { reference: person, display: person },
        performer: [{ actor: { reference: clinic } }],
      } as never),
    );
    expect(response.status).toBe(200);
    const [personAnswer, , immunizationAnswer] = answersOf(response);
    const personReference = `Patient/${idOf(personAnswer)}`;
    const { body, text } = await server.get(`Immunization/${idOf(immunizationAnswer)}`);
    expect(body.patient).toEqual({ reference: personReference, display: person });
    expect(body.performer[0].actor.reference).toBe('Organization/clinic');
    expect(body.contained[0].target[0].reference).toBe(personReference);
    expect(body.extension.map((e: Record<string, unknown>) => Object.values(e)[1])).toEqual([
      { reference: 'Organization/clinic' },
      personReference,
      person,
      clinic,
    ]);
    expect(body.identifier[0].value).toBe(person);
    expect(body.vaccineCode.text).toBe(person);
    expect(body.text.div).toContain(`<a href="${personReference}">`);
    expect(body.text.div).toContain(`<img src='Organization/clinic'/> ${person}</div>`);
    expect(text).not.toContain(`"reference":"${person}"`);
    expect(await total(`Immunization?patient=${personReference}`)).toBe(1);
  });

  it('resolves relative references against the base of the fullUrl they stand in, and leaves other bases alone', async () => {
    const response = await transact(
      { ...postEntry(patient('Relative')), fullUrl: 'http://old.example/fhir/Patient/77' },
      {
        ...postEntry({
          resourceType: 'Flag',
          status: 'active',
          code: { text: 'x' },
          subject: { reference: 'Patient/77' },
          author: { reference: 'http://other.example/fhir/Patient/77' },
        } as never),
        fullUrl: 'http://old.example/fhir/Flag/1',
      },
      {
        ...postEntry({
          resourceType: 'Flag',
          status: 'active',
          code: { text: 'y' },
          subject: { reference: 'http://old.example/fhir/Patient/77' },
        } as never),
        fullUrl: uuid(3),
      },
    );
    const [person, first, second] = answersOf(response).map(idOf);
    const flag = (await server.get(`Flag/${first}`)).body;
    expect(flag.subject.reference).toBe(`Patient/${person}`);
    expect(flag.author.reference).toBe('http://other.example/fhir/Patient/77');
    expect((await server.get(`Flag/${second}`)).body.subject.reference).toBe(`Patient/${person}`);
  });

  it('keeps decimals as they are written while it rewrites references', async () => {
    const text = `{"resourceType":"Bundle","type":"transaction","entry":[
      {"fullUrl":"${uuid(4)}","resource":{"resourceType":"Patient","gender":"male"},"request":{"method":"POST","url":"Patient"}},
      {"resource":{"resourceType":"Observation","status":"final","code":{"text":"d"},"subject":{"reference":"${uuid(4)}"},
        "valueQuantity":{"value":1.50}},"request":{"method":"POST","url":"Observation"}}]}`;
    const [, observation] = answersOf(await server.post('', text));
    expect((await server.get(`Observation/${idOf(observation)}`)).text).toContain('"value":1.50}');
  });

  it('answers an empty transaction with an empty answer', async () => {
    const response = await transact();
    expect([response.status, response.body]).toEqual([200, { resourceType: 'Bundle', type: 'transaction-response' }]);
  });

  it('counts no version for content that is stored already', async () => {
    await transact(putEntry({ ...patient('Same'), id: 't-same' }));
    const again = await transact(putEntry({ ...patient('Same'), id: 't-same' }));
    expect(answersOf(again)[0]?.response).toMatchObject({ status: '200 OK', etag: 'W/"1"' });
    expect((await server.get('Patient/t-same/_history')).body.total).toBe(1);
  });

  it('brings a deleted resource back, and deletes what is not there without complaint', async () => {
    await server.put('Patient/t-back', patient('Back', { id: 't-back' }));
    await server.delete('Patient/t-back');
    const response = await transact(putEntry({ ...patient('Back'), id: 't-back' }), deleteEntry('Patient/t-nothing'));
    expect(statuses(answersOf(response))).toEqual(['201', '204']);
    expect(answersOf(response)[0]?.response.etag).toBe('W/"3"');
    const history = (await server.get('Patient/t-back/_history')).body.entry;
    expect(history.map((entry: Entry & { request: { method: string } }) => entry.request.method)).toEqual([
      'PUT',
      'DELETE',
      'PUT',
    ]);
  });
});
