/** Operations (FHIR R4, operations.html): $validate, $everything, $meta, $meta-add, $meta-delete. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/jenner.ts';
import { answersOf, patient, sendBundle, statuses } from './entries.ts';

let server: TestServer;
const dose = (id: string, date: string, more: object = {}) => ({
  resourceType: 'Immunization',
  id,
  status: 'completed',
  vaccineCode: { coding: [{ system: 'http://hl7.org/fhir/sid/cvx', code: '03' }] },
  patient: { reference: 'Patient/p' },
  occurrenceDateTime: date,
  ...more,
});
beforeAll(async () => {
  server = await startTestServer();
  await server.put('Organization/org', { resourceType: 'Organization', id: 'org', name: 'O' });
  await server.put('Patient/q', { ...patient('Q'), id: 'q' });
  await server.put('Patient/p', {
    ...patient('P'),
    id: 'p',
    managingOrganization: { reference: 'Organization/org' },
    link: [{ other: { reference: 'Patient/q' }, type: 'seealso' }],
  });
  await server.put('Immunization/i1', dose('i1', '2020-01-05'));
  await server.put('Immunization/i2', dose('i2', '2021-06'));
  await server.put(
    'Immunization/i3',
    dose('i3', '2022', { performer: [{ actor: { reference: 'Practitioner/none' } }] }),
  );
  await server.put('Immunization/other', dose('other', '2021', { patient: { reference: 'Patient/q' } }));
  await server.put('Immunization/gone', dose('gone', '2021'));
  await server.delete('Immunization/gone');
});
afterAll(() => server.close());

const parameters = (...parameter: readonly object[]) => ({ resourceType: 'Parameters', parameter });

async function everything(query: string): Promise<string[]> {
  const found: string[] = [];
  for (let next: string | undefined = `Patient/p/$everything${query}`; next; ) {
    const { status, body } = await server.get(next);
    expect([status, body.type]).toEqual([200, 'searchset']);
    for (const { resource, search } of body.entry ?? [])
      found.push(`${search.mode} ${resource.resourceType}/${resource.id}`);
    next = body.link.find(({ relation }: { readonly relation: string }) => relation === 'next')?.url;
  }
  return found;
}

const DOSES = ['match Immunization/i1', 'match Immunization/i2', 'match Immunization/i3'];
const ALL = ['match Patient/p', ...DOSES, 'include Organization/org'];

describe('Patient/[id]/$everything', () => {
  it('has the compartment of the patient and what that refers to, and nothing of another patient', async () => {
    expect(await everything('')).toEqual(ALL);
    const posted = await server.post('Patient/p/$everything', parameters({ name: '_type', valueCode: 'Immunization' }));
    expect(posted.body.entry).toHaveLength(3);
  });

  it('comes in pages where the client says so', async () => {
    for (const count of [1, 2, 3, 4]) expect(new Set(await everything(`?_count=${count}`))).toEqual(new Set(ALL));
    expect((await server.get('Patient/p/$everything?_count=1')).body.entry[0].resource.id).toBe('p');
  });

  it('is narrowed by _type, start, end and _since', async () => {
    expect(await everything('?_type=Immunization')).toEqual(DOSES);
    expect(await everything('?_type=Immunization&start=2021')).toEqual(DOSES.slice(1));
    expect(await everything('?_type=Immunization&start=2020-02&end=2021-12')).toEqual(DOSES.slice(1, 2));
    expect(await everything('?_type=Immunization,Organization&end=2020')).toEqual(DOSES.slice(0, 1));
    const { body } = await server.get('Immunization/i2');
    const since = encodeURIComponent(body.meta.lastUpdated);
    expect(await everything(`?_type=Immunization&_since=${since}`)).toEqual(DOSES.slice(1));
  });

  it('is answered 404 for a patient that is not there', async () => {
    expect((await server.get('Patient/nobody/$everything')).status).toBe(404);
  });

  it.each(['_count=0', '_since=2020', 'start=x', '_type=Unicorn', '_cursor=x', 'foo=1', 'start=2020&start=2021'])(
    'refuses ?%s by name',
    async (query) => {
      const { status, body } = await server.get(`Patient/p/$everything?${query}`);
      expect([status, body.issue[0].expression]).toEqual([400, [`http.${query.split('=')[0]}`]]);
    },
  );
});

describe('$validate', () => {
  it('answers 200 whether or not the resource is valid, and says what is wrong', async () => {
    const valid = await server.post('Patient/$validate', patient('V'));
    expect([valid.status, valid.body.issue[0].severity]).toEqual([200, 'information']);
    const invalid = await server.post('Patient/$validate', { resourceType: 'Patient', name: [] });
    expect([invalid.status, invalid.body.issue[0]]).toEqual([
      200,
      expect.objectContaining({ severity: 'error', expression: ['Patient.name'] }),
    ]);
    const other = await server.post('Patient/$validate', { resourceType: 'Flag', status: 'active' });
    expect(other.body.issue[0].severity).toBe('error');
  });

  it('takes a mode, and refuses a profile that it can’t validate against', async () => {
    const ask = (path: string, mode: string, resource: object) =>
      server.post(path, parameters({ name: 'mode', valueCode: mode }, { name: 'resource', resource }));
    const severity = async (...asked: Parameters<typeof ask>) => (await ask(...asked)).body.issue[0].severity;
    expect(await severity('Patient/$validate', 'create', patient('V'))).toBe('information');
    expect(await severity('Patient/p/$validate', 'update', { ...patient('V'), id: 'p' })).toBe('information');
    expect(await severity('Patient/p/$validate', 'update', { ...patient('V'), id: 'x' })).toBe('error');
    expect((await ask('Patient/$validate', 'update', patient('V'))).status).toBe(400);
    expect((await server.get('Patient/p/$validate?mode=delete')).body.issue[0].severity).toBe('information');
    expect((await server.get('Patient/nobody/$validate?mode=delete')).status).toBe(404);
    const refused = await server.post('Patient/$validate?profile=http://x', patient('V'));
    expect([refused.status, refused.body.issue[0].expression]).toEqual([400, ['http.profile']]);
    expect((await server.post('Patient/$validate', parameters())).status).toBe(400);
  });

  it('stores nothing', async () => {
    expect((await server.get('Patient?family=V&_count=0')).body.total).toBe(0);
  });
});

describe('$meta', () => {
  const tag = (code: string, more: object = {}) => ({ system: 'http://example.org/tags', code, ...more });
  const change = (name: string, meta: object) =>
    server.post(`Basic/m/$${name}`, parameters({ name: 'meta', valueMeta: meta }));

  it('reads, adds and deletes labels as sets', async () => {
    await server.put(
      'Basic/m',
      '{"resourceType":"Basic","id":"m","code":{"text":"x"},"extension":[{"url":"http://x","valueDecimal":1.00}]}',
    );
    const added = await change('meta-add', { tag: [tag('A', { display: 'a' })], profile: ['http://example.org/p'] });
    expect(added.body.parameter[0]).toMatchObject({
      name: 'return',
      valueMeta: { versionId: '2', tag: [tag('A', { display: 'a' })], profile: ['http://example.org/p'] },
    });
    const again = await change('meta-add', { tag: [tag('A', { display: 'other' })] });
    expect(again.body.parameter[0].valueMeta).toMatchObject({ versionId: '2', tag: [tag('A', { display: 'a' })] });
    expect((await server.get('Basic?_tag=A')).body.entry).toHaveLength(1);
    expect((await server.get('Basic/m')).text).toContain('1.00');
    const deleted = await change('meta-delete', { tag: [tag('A'), tag('B')] });
    expect(deleted.body.parameter[0].valueMeta.tag).toBeUndefined();
    expect((await server.get('Basic/m/$meta')).body.parameter[0].valueMeta.versionId).toBe('3');
  });

  it('tells which labels a type and the whole system use', async () => {
    await server.put('Flag/f', {
      resourceType: 'Flag',
      id: 'f',
      meta: { tag: [tag('CaseD')], security: [tag('S')] },
      status: 'active',
      code: { text: 'Case' },
      subject: { reference: 'Patient/p' },
    });
    const meta = async (path: string) => (await server.get(path)).body.parameter[0].valueMeta;
    expect(await meta('Flag/$meta')).toEqual({ security: [tag('S')], tag: [tag('CaseD')] });
    expect((await meta('$meta')).profile).toEqual(['http://example.org/p']);
  });

  it('needs POST to change something', async () => {
    const refused = await server.get('Basic/m/$meta-add');
    expect([refused.status, refused.headers['allow']]).toEqual([405, 'POST']);
    expect((await change('meta-add', {}).set('Content-Type', 'text/plain')).status).toBe(415);
    expect((await server.post('Basic/m/$meta-add', parameters())).status).toBe(400);
    expect((await change('meta-add', { tag: [{ code: '' }] })).status).toBe(400);
    expect((await server.post('Basic/nobody/$meta-add', parameters({ name: 'meta', valueMeta: {} }))).status).toBe(404);
  });
});

describe('an operation', () => {
  it('that is not known, or not at that level, is answered 404 with its name', async () => {
    for (const path of ['$nothing', 'Patient/$nothing', 'Patient/p/$nothing', 'Patient/$everything', '$validate']) {
      const { status, body } = await server.get(path);
      expect(status).toBe(404);
      expect(body.issue[0].diagnostics).toContain(path.split('/').at(-1));
    }
  });

  it('can be an entry of a batch; one that writes can’t be part of a transaction', async () => {
    const batch = await sendBundle(server, 'batch', [{ request: { method: 'GET', url: 'Patient/p/$meta' } }]);
    expect(statuses(answersOf(batch))).toEqual(['200']);
    const writing = {
      resource: parameters({ name: 'meta', valueMeta: {} }),
      request: { method: 'POST', url: 'Patient/p/$meta-add' },
    };
    expect((await sendBundle(server, 'transaction', [writing])).status).toBe(400);
  });
});
