/** Stored forecasts (docs/forecast.md): whatever is read of them tells of every dose that is stored. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseResource } from '../../src/fhir/resource-content.ts';
import { caseNamed, immunizationsOf, patientOf, testCases } from '../support/forecast-requests.ts';
import { startTestServer, startTestServers, type TestServer } from '../support/jenner.ts';

let server: TestServer;
let second: TestServer;
beforeAll(async () => {
  const [first, other] = await startTestServers(2, { keepForecasts: true });
  if (other === undefined) throw new Error('two servers were asked for');
  server = first;
  second = other;
});
afterAll(() => server.close());

interface Resource {
  readonly id: string;
  readonly meta: {
    readonly versionId: string;
    readonly tag?: readonly { readonly code: string }[];
    readonly security?: readonly { readonly code: string }[];
  };
  readonly recommendation?: readonly Entry[];
  readonly immunizationEvent?: { readonly reference: string };
  readonly doseStatus?: { readonly text: string };
}
interface Entry {
  readonly vaccineCode: readonly { readonly text?: string }[];
  readonly forecastStatus: { readonly text: string };
  readonly supportingImmunization?: readonly { readonly reference: string }[];
}

const dose = (patient: string, id: string, date: string, more: object = {}) => ({
  resourceType: 'Immunization',
  id,
  status: 'completed',
  vaccineCode: { coding: [{ system: 'http://hl7.org/fhir/sid/cvx', code: '03' }] },
  patient: { reference: `Patient/${patient}` },
  occurrenceDateTime: date,
  ...more,
});
const person = (id: string, more: object = {}) => ({
  resourceType: 'Patient',
  id,
  birthDate: '2015-03-01',
  gender: 'male',
  ...more,
});

async function found(query: string, from = server): Promise<readonly Resource[]> {
  const { status, body } = await from.get(query);
  expect([status, from.errors.at(-1)]).toEqual([200, undefined]);
  return (body.entry ?? []).map(({ resource }: { resource: Resource }) => resource);
}
const recommendationsOf = (patient: string, from = server) =>
  found(`ImmunizationRecommendation?patient=${patient}`, from);
const evaluationsOf = (patient: string, from = server) =>
  found(`ImmunizationEvaluation?patient=Patient/${patient}&_count=200`, from);
const supporting = ({ recommendation = [] }: Resource): string[] =>
  [
    ...new Set(
      recommendation.flatMap(({ supportingImmunization = [] }) =>
        supportingImmunization.map(({ reference }) => reference),
      ),
    ),
  ].sort();
const statusOf = ({ recommendation = [] }: Resource, group: string): string | undefined =>
  recommendation.find(({ vaccineCode }) => vaccineCode[0]?.text === group)?.forecastStatus.text;

async function only(patient: string, from = server): Promise<Resource> {
  const [one, ...others] = await recommendationsOf(patient, from);
  if (one === undefined || others.length > 0) throw new Error(`${patient} has ${others.length + 1} recommendations`);
  return one;
}

async function put(resource: { readonly resourceType: string; readonly id: string }, to = server): Promise<void> {
  expect((await to.put(`${resource.resourceType}/${resource.id}`, resource)).status).toBeLessThan(300);
}

describe('a stored forecast', () => {
  it('is there as soon as the patient is, with one recommendation and the verdicts on all doses', async () => {
    await put(person('a'));
    expect(supporting(await only('a'))).toEqual([]);
    await put(dose('a', 'a1', '2016-04-01'));
    expect(supporting(await only('a'))).toEqual(['Immunization/a1']);
    expect((await evaluationsOf('a')).map(({ doseStatus }) => doseStatus?.text)).toEqual(['Valid', 'Valid', 'Valid']);
  });

  it('follows every way of writing: create, update, patch, transaction, batch, delete, conditional', async () => {
    await put(person('b'));
    const created = await server.post('Immunization', { ...dose('b', 'x', '2016-04-01'), id: undefined });
    const first = `Immunization/${created.body.id}`;
    expect(supporting(await only('b'))).toEqual([first]);
    await server.patch(first, [{ op: 'replace', path: '/status', value: 'entered-in-error' }]);
    expect(supporting(await only('b'))).toEqual([]);
    const entry = (id: string, date: string) => ({
      resource: dose('b', id, date),
      request: { method: 'PUT', url: `Immunization/${id}` },
    });
    for (const [type, id, date] of [
      ['transaction', 'b1', '2016-05-01'],
      ['batch', 'b2', '2019-05-01'],
    ] as const) {
      await server.post('', { resourceType: 'Bundle', type, entry: [entry(id, date)] });
      expect(supporting(await only('b'))).toContain(`Immunization/${id}`);
    }
    expect(statusOf(await only('b'), 'MMR')).toBe('Complete');
    await server.delete('Immunization/b1');
    expect(supporting(await only('b'))).toEqual(['Immunization/b2']);
    expect(statusOf(await only('b'), 'MMR')).toBe('Not Complete');
    await server.put('Immunization?_id=b2', { ...dose('b', 'b2', '2015-05-01') });
    expect((await evaluationsOf('b')).map(({ doseStatus }) => doseStatus?.text)).toEqual([
      'Not Valid',
      'Not Valid',
      'Not Valid',
    ]);
  });

  it('follows the birth date, and conditions that count', async () => {
    await put(person('c'));
    await put(dose('c', 'c1', '2016-04-01'));
    expect((await evaluationsOf('c')).every(({ doseStatus }) => doseStatus?.text === 'Valid')).toBe(true);
    await put(person('c', { birthDate: '2016-01-01' }));
    expect((await evaluationsOf('c')).every(({ doseStatus }) => doseStatus?.text === 'Not Valid')).toBe(true);
    await put({
      ...{ resourceType: 'Condition', id: 'c-condition', subject: { reference: 'Patient/c' } },
      ...{ code: { coding: [{ system: 'http://snomed.info/sct', code: '77386006' }] } },
    } as never);
    expect(statusOf(await only('c'), 'MMR')).toBe('Contraindicated');
    await server.delete('Condition/c-condition');
    expect(statusOf(await only('c'), 'MMR')).toBe('Not Complete');
  });

  it('is found by searches that name no patient, and by id', async () => {
    await put(person('d'));
    await put(dose('d', 'd1', '2016-04-01'));
    const all = await found('ImmunizationRecommendation?identifier=urn:jenner:forecast|d');
    expect(all).toHaveLength(1);
    await put(dose('d', 'd2', '2019-04-01'));
    const again = await found('ImmunizationRecommendation?identifier=urn:jenner:forecast|d');
    expect(supporting(again[0] as Resource)).toEqual(['Immunization/d1', 'Immunization/d2']);
    await server.delete('Immunization/d2');
    const read = await server.get(`ImmunizationRecommendation/${again[0]?.id}`);
    expect(supporting(read.body)).toEqual(['Immunization/d1']);
    expect((await server.get('Patient/d/$everything')).text).toContain(String(again[0]?.id));
  });

  it('moves with a dose that was recorded for the wrong patient', async () => {
    await put(person('e'));
    await put(person('f'));
    await put(dose('e', 'e1', '2016-04-01'));
    expect(supporting(await only('e'))).toEqual(['Immunization/e1']);
    await put(dose('f', 'e1', '2016-04-01'));
    const everyone = await found('ImmunizationRecommendation?_count=1000');
    const mine = (id: string) => everyone.find((entry) => JSON.stringify(entry).includes(`"value":"${id}"`));
    expect(supporting(mine('e') as Resource)).toEqual([]);
    expect(supporting(mine('f') as Resource)).toEqual(['Immunization/e1']);
    expect(await evaluationsOf('e')).toEqual([]);
  });

  it('is deleted with its patient, and where the patient died or was merged', async () => {
    await put(person('g'));
    await put(dose('g', 'g1', '2016-04-01'));
    expect(await recommendationsOf('g')).toHaveLength(1);
    await put(person('g', { deceasedDateTime: '2020-01-01' }));
    expect([await recommendationsOf('g'), await evaluationsOf('g')]).toEqual([[], []]);
    await put(person('g'));
    expect(await recommendationsOf('g')).toHaveLength(1);
    await put(person('g', { link: [{ other: { reference: 'Patient/a' }, type: 'replaced-by' }] }));
    expect(await recommendationsOf('g')).toEqual([]);
    await put(person('g'));
    await server.delete('Patient/g');
    expect(await recommendationsOf('g')).toEqual([]);
  });

  it('makes no version where nothing is new, and a version of only what is', async () => {
    await put(person('h'));
    await put(dose('h', 'h1', '2016-04-01'));
    const before = await only('h');
    await put(person('h', { name: [{ family: 'Renamed' }] }));
    expect((await only('h')).meta.versionId).toBe(before.meta.versionId);
    await put(dose('h', 'h2', '2019-04-01'));
    expect(Number((await only('h')).meta.versionId)).toBe(Number(before.meta.versionId) + 1);
    const versions = (await evaluationsOf('h')).filter(
      ({ immunizationEvent }) => immunizationEvent?.reference === 'Immunization/h1',
    );
    expect(versions.map(({ meta }) => meta.versionId)).toEqual(['1', '1', '1']);
  });

  it('is told from those of other systems, which stay as they are', async () => {
    await put(person('i'));
    const foreign = {
      resourceType: 'ImmunizationRecommendation',
      id: 'foreign',
      patient: { reference: 'Patient/i' },
      date: '2020-01-01',
      recommendation: [{ vaccineCode: [{ text: 'MMR' }], forecastStatus: { text: 'due' } }],
    };
    await put(foreign);
    const all = await recommendationsOf('i');
    expect(all).toHaveLength(2);
    const ours = all.filter(({ meta }) => meta.tag?.some(({ code }) => code === 'forecast'));
    expect(ours).toHaveLength(1);
    await put(dose('i', 'i1', '2016-04-01'));
    expect((await recommendationsOf('i')).find(({ id }) => id === 'foreign')?.meta.versionId).toBe('1');
  });

  it('is made anew where a client wrote over it or deleted it', async () => {
    await put(person('j'));
    const { id } = await only('j');
    await server.put(`ImmunizationRecommendation/${id}`, {
      ...(await only('j')),
      recommendation: [{ forecastStatus: { text: 'forged' } }],
    });
    expect(statusOf(await only('j'), 'MMR')).toBe('Not Complete');
    await server.delete(`ImmunizationRecommendation/${id}`);
    expect((await only('j')).id).toBe(id);
  });

  it('carries the security labels of the doses that it rests on', async () => {
    await put(person('k'));
    const label = { system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' };
    await put(dose('k', 'k1', '2016-04-01', { meta: { security: [label] } }));
    expect((await only('k')).meta.security).toEqual([label]);
    expect((await evaluationsOf('k'))[0]?.meta.security).toEqual([label]);
  });

  it('is not kept of a person whose birth date is not known to the day', async () => {
    await put(person('l', { birthDate: '2015' }));
    await put(dose('l', 'l1', '2016-04-01'));
    expect(await recommendationsOf('l')).toEqual([]);
  });

  it('is right on every server, whichever wrote the dose, and with many at once', async () => {
    await put(person('m'));
    const dates = Array.from(
      { length: 12 },
      (_, index) => `20${String(16 + Math.floor(index / 4)).padStart(2, '0')}-0${1 + (index % 4)}-11`,
    );
    await Promise.all(
      dates.map(async (date, index) => {
        const [writer, reader] = index % 2 === 0 ? [server, second] : [second, server];
        await put(dose('m', `m${index}`, date), writer);
        const [seen] = await recommendationsOf('m', reader);
        expect(supporting(seen as Resource)).toContain(`Immunization/m${index}`);
      }),
    );
    const ids = dates.map((_, index) => `Immunization/m${index}`).sort();
    expect(supporting(await only('m'))).toEqual(ids);
    expect(supporting(await only('m', second))).toEqual(ids);
  });

  it('is read in a transaction as it is after that transaction', async () => {
    await put(person('n'));
    const { id } = await only('n');
    const { body } = await server.post('', {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [
        { resource: dose('n', 'n1', '2016-04-01'), request: { method: 'PUT', url: 'Immunization/n1' } },
        { request: { method: 'GET', url: `ImmunizationRecommendation/${id}` } },
        { request: { method: 'GET', url: 'ImmunizationEvaluation?patient=n' } },
      ],
    });
    expect(supporting(body.entry[1].resource)).toEqual(['Immunization/n1']);
    expect(body.entry[2].resource.entry).toHaveLength(3);
  });

  it('takes a record that breaks rules as it is: one of before they were checked', async () => {
    const { persistence } = server.jenner.ports;
    const store = (resource: { readonly resourceType: string; readonly id: string }) =>
      persistence.updateResource({ ...resource, resource: parseResource(JSON.stringify(resource)) });
    await store(person('o', { gender: 'x' }));
    const strange = [
      { status: 7, vaccineCode: 'x' },
      { vaccineCode: { coding: 'x' }, occurrenceDateTime: 'yesterday' },
      { vaccineCode: undefined, occurrenceDateTime: undefined, occurrenceString: 'long ago' },
      { manufacturer: 'x', doseQuantity: [1], expirationDate: 'x', isSubpotent: true, subpotentReason: 'x' },
    ];
    for (const [index, change] of strange.entries()) {
      await store({ ...dose('o', `o${index}`, '2016-04-01'), ...change } as ReturnType<typeof dose>);
    }
    expect((await recommendationsOf('o')).length).toBe(1);
    expect(server.errors).toEqual([]);
  });
});

describe('the work behind the writes', () => {
  it('makes every forecast without a read, also of what was written before it began', async () => {
    const own = await startTestServer({ keepForecasts: true });
    try {
      const some = testCases.slice(0, 40);
      const entry = some.flatMap((testCase) =>
        [patientOf(testCase), ...immunizationsOf(testCase)].map((resource) => ({
          resource,
          request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
        })),
      );
      expect((await own.post('', { resourceType: 'Bundle', type: 'transaction', entry })).status).toBe(200);
      own.jenner.startUpkeep();
      const count = () =>
        own.jenner.database.current('ImmunizationRecommendation').countDocuments({ del: { $ne: true } } as object);
      await expect.poll(count, { timeout: 30_000, interval: 200 }).toBe(some.length);
      const patient = caseNamed(String(some[0]?.id.trim())).id.trim();
      await own.put(`Immunization/late`, dose(patient, 'late', '2020-01-01'));
      const evaluated = () =>
        own.jenner.database
          .current('ImmunizationEvaluation')
          .countDocuments({ 's_immunization-event': 'Immunization/late' } as object);
      await expect.poll(evaluated, { timeout: 30_000, interval: 200 }).toBeGreaterThan(0);
      expect(own.errors).toEqual([]);
    } finally {
      await own.close();
    }
  }, 90_000);
});
