/**
 * What a token may not see leaves no trace: the same requests to a registry with another patient's record, and to one
 * without, are answered with the same bytes.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asPatient, asStaff, asSystem, type Claims } from '../../support/issuer.ts';
import { type asking, comparable, recordOf, startWorld, type World } from './world.ts';

/** With the hidden record, and without. Each has its own key for page links, so these are compared without their seal. */
let full: World;
let empty: World;
const [visible, hidden] = [recordOf('a'), recordOf('b')];
beforeAll(async () => {
  [full, empty] = await Promise.all([startWorld([...hidden, ...visible]), startWorld(visible)]);
});
afterAll(() => Promise.all([full.server.close(), empty.server.close()]));

type Ask = (as: ReturnType<typeof asking>) => Promise<Parameters<typeof comparable>[0]>;

async function both(claims: Claims, ask: Ask): Promise<readonly [string, string]> {
  const [one, other] = await Promise.all([full, empty].map(async (world) => render(await ask(await world.as(claims)))));
  return [one ?? '', other ?? ''];
}

/** Ids and times differ between any two servers. */
const render = (answer: Parameters<typeof comparable>[0]): string =>
  JSON.stringify(comparable(answer))
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replace(/"last-modified":"[^"]*"/g, '"last-modified":"<time>"')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f-]{21}/g, '<id>')
    .replace(/_cursor=[\w-]+/g, '_cursor=<place>')
    .replace(/"content-length":"\d+",/g, '');

const CLAIMS: readonly (readonly [string, Claims])[] = [
  ['a patient', asPatient('a')],
  ['a clinician in the context of a patient', asStaff('patient/*.cruds', 'a')],
  ['an app with user scopes', asPatient('a', 'user/*.cruds')],
];

const instances = hidden.flatMap(({ resourceType, id }) => {
  const path = `${resourceType}/${id}`;
  return [
    path,
    `${path}/_history`,
    `${path}/_history/1`,
    `${path}/$meta`,
    `${path}?_format=xml`,
    `${path}?_summary=true`,
  ];
});
const searches = hidden.flatMap(({ resourceType, id }) => [
  resourceType,
  `${resourceType}?_id=${id}`,
  `${resourceType}?_id=${id}&_count=0`,
  `${resourceType}?_count=0`,
  `${resourceType}?_count=1`,
  `${resourceType}?_id:not=${id}`,
  `${resourceType}?_lastUpdated=ge2000-01-01&_count=0`,
  `${resourceType}/_history`,
  `${resourceType}/_history?_count=0`,
  `${resourceType}/$meta`,
]);
const others = [
  'Patient?family=Family-b',
  'Patient?family:contains=Family',
  'Patient?identifier=http://example.org/mrn|mrn-b',
  'Patient?birthdate:missing=false',
  'Immunization?patient=b',
  'Immunization?patient=Patient/b',
  'Immunization?patient=http://localhost/fhir/Patient/b',
  'Immunization?lot-number=lot-b&_count=0',
  'Immunization?lot-number:missing=false',
  'Observation?category=laboratory',
  'Observation?category:not=laboratory',
  'Immunization?patient.family=Family-b',
  'Patient?_has:Observation:patient:code=22600-1',
  'Patient?_has:Immunization:patient:lot-number=lot-b',
  'Practitioner?_has:Immunization:performer:patient=b',
  'Practitioner?_revinclude=Immunization:performer',
  'Location?_revinclude=Immunization:location',
  'Immunization?_include=Immunization:patient',
  'Immunization?_sort=-date',
  'Immunization?_sort=lot-number',
  'Immunization?_total=accurate',
  'Immunization?_summary=count',
  'Patient/b/Immunization',
  'Patient/b/$everything',
  'Patient/a/$everything',
  '_history',
  '_history?_count=0',
  '$meta',
  '?_type=Immunization,Patient',
];

describe.each(CLAIMS)('to %s', (_who, claims) => {
  it.each([...instances, ...searches, ...others])(
    'GET %s tells nothing of what is hidden (SRC-01, SRC-02, SRC-03, SRC-05, SRC-06, SRC-08, SRC-09, SRC-14, SRC-15, SRC-16, SRC-25, ERR-03)',
    async (path) => {
      const [one, other] = await both(claims, async (as) => as.get(path));
      expect(one).toBe(other);
    },
  );

  it.each(hidden)('HEAD of $resourceType/$id is what GET is (SRC-12)', async ({ resourceType, id }) => {
    const head: Ask = async ({ token }) =>
      full.server.fhir.head(`/fhir/${resourceType}/${id}`).set('Authorization', `Bearer ${token}`);
    const [one] = await both(claims, head);
    expect(JSON.parse(one).status).toBe(404);
  });

  it.each(hidden)('conditional reads of $resourceType/$id are 404 (SRC-11)', async ({ resourceType, id }) => {
    for (const [name, value] of [
      ['If-None-Match', 'W/"1"'],
      ['If-None-Match', '*'],
      ['If-Modified-Since', 'Wed, 21 Oct 2099 07:28:00 GMT'],
    ] as const) {
      const [one, other] = await both(claims, async (as) => as.get(`${resourceType}/${id}`).set(name, value));
      expect(one).toBe(other);
      expect(JSON.parse(one).status).toBe(404);
    }
  });

  it.each(searches.filter((path) => !path.includes('/')))(
    'POST _search of %s is what GET is (SCO-15, SRC-24)',
    async (path) => {
      const [type, query = ''] = path.split('?');
      const answer = (world: World) => world.as(claims).then(async (as) => as.get(path));
      const posted = await full.server.fhir
        .post(`/fhir/${type}/_search`)
        .set('Authorization', `Bearer ${(await full.as(claims)).token}`)
        .type('form')
        .send(query);
      expect(posted.text.replace(/_cursor=[\w-]+/g, '')).toBe((await answer(full)).text.replace(/_cursor=[\w-]+/g, ''));
    },
  );
});

/** Writes change the worlds, alike: each is asked once. */
const WRITES: readonly (readonly [string, Ask])[] = [
  ['PUT to a hidden id (WRT-10)', async (as) => as.put('Immunization/imm-b', body('Immunization', 'imm-b', 'b'))],
  [
    'PUT with a body that names oneself (WRT-01)',
    async (as) => as.put('Immunization/imm-b', body('Immunization', 'imm-b', 'a')),
  ],
  [
    'PUT with If-Match (WRT-08)',
    async (as) => as.put('Immunization/imm-b', body('Immunization', 'imm-b', 'a')).set('If-Match', 'W/"7"'),
  ],
  [
    'PATCH (WRT-02)',
    async (as) => as.patch('Immunization/imm-b', [{ op: 'replace', path: '/patient/reference', value: 'Patient/a' }]),
  ],
  [
    'PATCH with a test (WRT-06)',
    async (as) => as.patch('Immunization/imm-b', [{ op: 'test', path: '/lotNumber', value: 'lot-b' }]),
  ],
  ['DELETE (WRT-13)', async (as) => as.delete('Immunization/imm-b')],
  ['DELETE with If-Match (WRT-08)', async (as) => as.delete('Immunization/imm-b').set('If-Match', 'W/"1"')],
  ['DELETE by condition (WRT-09)', async (as) => as.delete('Immunization?lot-number=lot-b')],
  [
    'PUT by condition (WRT-09)',
    async (as) => as.put('Immunization?lot-number=lot-b', { ...body('Immunization', 'imm-b', 'a') }),
  ],
  [
    'PATCH by condition (WRT-09)',
    async (as) => as.patch('Immunization?lot-number=lot-b', [{ op: 'remove', path: '/lotNumber' }]),
  ],
  [
    'POST with If-None-Exist (WRT-09, WRT-11, SRC-26)',
    async (as) =>
      as.post('Immunization', body('Immunization', undefined, 'a')).set('If-None-Exist', 'lot-number=lot-b'),
  ],
  [
    'POST of an identifier that is taken (WRT-11)',
    async (as) => as.post('Observation', { ...body('Observation', undefined, 'a'), identifier: [{ value: 'mrn-b' }] }),
  ],
  ['POST for another patient (WRT-07)', async (as) => as.post('Immunization', body('Immunization', undefined, 'b'))],
  ['$meta-add', async (as) => as.post('Immunization/imm-b/$meta-add', meta)],
  [
    '$validate of a hidden id (SRC-21)',
    async (as) => as.post('Immunization/imm-b/$validate', body('Immunization', 'imm-b', 'a')),
  ],
  ['a batch (WRT-12)', async (as) => as.post('', bundle('batch'))],
  [
    'a transaction that reads (WRT-12)',
    async (as) => as.post('', { ...bundle('transaction'), entry: bundle('transaction').entry.slice(0, 1) }),
  ],
  [
    'a transaction that updates (WRT-10)',
    async (as) => as.post('', { ...bundle('transaction'), entry: bundle('transaction').entry.slice(1, 2) }),
  ],
  ['a transaction with a conditional reference (WRT-09)', async (as) => as.post('', conditionalReference)],
];

const body = (resourceType: string, id: string | undefined, patient: string) => ({
  resourceType,
  ...(id === undefined ? {} : { id }),
  status: resourceType === 'Observation' ? 'final' : 'completed',
  ...(resourceType === 'Observation'
    ? { code: { text: 'x' }, subject: { reference: `Patient/${patient}` } }
    : { vaccineCode: { text: 'x' }, occurrenceDateTime: '2024-01-01', patient: { reference: `Patient/${patient}` } }),
});
const meta = {
  resourceType: 'Parameters',
  parameter: [{ name: 'meta', valueMeta: { tag: [{ system: 'http://example.org', code: 'x' }] } }],
};
const bundle = (type: string) => ({
  resourceType: 'Bundle',
  type,
  entry: [
    { request: { method: 'GET', url: 'Immunization/imm-b' } },
    { resource: body('Immunization', 'imm-b', 'a'), request: { method: 'PUT', url: 'Immunization/imm-b' } },
    { request: { method: 'GET', url: 'Immunization?lot-number=lot-b' } },
    { request: { method: 'DELETE', url: 'Immunization/imm-b' } },
    { request: { method: 'GET', url: 'Patient/b/$everything' } },
  ],
});
const conditionalReference = {
  resourceType: 'Bundle',
  type: 'transaction',
  entry: [
    {
      resource: { ...body('Observation', undefined, 'a'), focus: [{ reference: 'Immunization?lot-number=lot-b' }] },
      request: { method: 'POST', url: 'Observation' },
    },
  ],
};

describe('a write of a patient', () => {
  it.each(WRITES)('by %s tells nothing of what is hidden', async (_what, ask) => {
    const [one, other] = await both(asPatient('a'), ask);
    expect(one).toBe(other);
  });

  it('has left the hidden record as it was', async () => {
    const system = await full.as(asSystem());
    for (const { resourceType, id } of hidden) {
      const { body: stored } = await system.get(`${resourceType}/${id}`);
      expect([stored.id, stored.meta.versionId]).toEqual([id, '1']);
    }
  });
});
