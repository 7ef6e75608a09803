/** What scopes let a token do: each interaction needs its letter, each scope brings its own conditions. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asPatient, asStaff, asSystem, type Claims } from '../../support/issuer.ts';
import { type Asking, recordOf, startWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld([
    ...recordOf('a'),
    ...recordOf('b'),
    { resourceType: 'Patient', id: 'inactive', active: false },
  ]);
});
afterAll(() => world.server.close());

const ids = (answer: { body: { entry?: { resource: { id: string } }[] } }) =>
  (answer.body.entry ?? []).map(({ resource }) => resource.id).sort();

const dose = (id?: string, patient = 'a') => ({
  resourceType: 'Immunization',
  ...(id === undefined ? {} : { id }),
  status: 'completed',
  vaccineCode: { text: 'x' },
  occurrenceDateTime: '2024-01-01',
  patient: { reference: `Patient/${patient}` },
});
const test = [{ op: 'test', path: '/status', value: 'completed' }];
const change = [{ op: 'add', path: '/lotNumber', value: 'x' }];
const parameters = (name: string, value: object) => ({ resourceType: 'Parameters', parameter: [{ name, ...value }] });
const tag = parameters('meta', { valueMeta: { tag: [{ code: 'x' }] } });

/** Each interaction, the letters that it needs, and how it is asked for. */
const INTERACTIONS: readonly (readonly [string, string, (as: Asking) => PromiseLike<{ status: number }>])[] = [
  ['read', 'r', (as) => as.get('Immunization/imm-a')],
  ['vread', 'r', (as) => as.get('Immunization/imm-a/_history/1')],
  ['history of one', 'r', (as) => as.get('Immunization/imm-a/_history')],
  ['history of a type', 's', (as) => as.get('Immunization/_history')],
  ['history of all', 's', (as) => as.get('_history')],
  ['search', 's', (as) => as.get('Immunization')],
  ['create', 'c', (as) => as.post('Immunization', dose())],
  ['update', 'u', (as) => as.put('Immunization/imm-a', dose('imm-a'))],
  ['patch', 'u', (as) => as.patch('Immunization/imm-a', change)],
  ['patch with a test', 'ur', (as) => as.patch('Immunization/imm-a', test)],
  ['conditional create (SCO-04)', 'cs', (as) => as.post('Immunization', dose()).set('If-None-Exist', '_id=imm-a')],
  ['conditional update (SCO-04)', 'us', (as) => as.put('Immunization?_id=imm-a', dose())],
  ['conditional patch (SCO-04)', 'us', (as) => as.patch('Immunization?_id=imm-a', change)],
  ['conditional delete (SCO-04)', 'ds', (as) => as.delete('Immunization?_id=nothing')],
  ['delete', 'd', (as) => as.delete('Immunization/not-there')],
  ['$meta of one', 'r', (as) => as.get('Immunization/imm-a/$meta')],
  ['$meta of a type', 's', (as) => as.get('Immunization/$meta')],
  ['$meta-add', 'u', (as) => as.post('Immunization/imm-a/$meta-add', tag)],
  ['$validate of one', 'r', (as) => as.get('Immunization/imm-a/$validate?mode=delete')],
  ['batch entry', 'r', (as) => entryOf(as, 'batch')],
  ['transaction entry', 'r', (as) => entryOf(as, 'transaction')],
];

async function entryOf(as: Asking, type: string): Promise<{ status: number }> {
  const entry = [{ request: { method: 'GET', url: 'Immunization/imm-a' } }];
  const answer = await as.post('', { resourceType: 'Bundle', type, entry });
  return { status: Number.parseInt(answer.body.entry?.[0]?.response.status ?? answer.status, 10) };
}

const SETS = Array.from({ length: 31 }, (_, index) =>
  [...'cruds'].filter((_letter, bit) => ((index + 1) >> bit) & 1).join(''),
);

describe.each(INTERACTIONS)('%s', (_name, letters, ask) => {
  it(`is let through with ${letters} and refused without (SCO-03, SCO-07, SCO-14)`, async () => {
    for (const set of SETS) {
      const { status } = await ask(await world.as(asPatient('a', `patient/Immunization.${set}`)));
      const isCovered = [...letters].every((letter) => set.includes(letter));
      expect([set, status === 403]).toEqual([set, !isCovered]);
    }
  });

  it('needs the same of scopes of version 1 (SCO-02)', async () => {
    for (const [word, set] of [
      ['read', 'rs'],
      ['write', 'cud'],
      ['*', 'cruds'],
    ] as const) {
      const { status } = await ask(await world.as(asPatient('a', `patient/Immunization.${word}`)));
      expect([word, status === 403]).toEqual([word, ![...letters].every((letter) => set.includes(letter))]);
    }
  });
});

describe('a refusal for want of a scope', () => {
  it('names one that would do (ERR-02)', async () => {
    const answer = await (await world.as(asPatient('a', 'patient/Patient.rs'))).get('Immunization/imm-a');
    expect(answer.status).toBe(403);
    expect(answer.headers['www-authenticate']).toBe(
      'Bearer realm="http://localhost/fhir", error="insufficient_scope", scope="patient/Immunization.r"',
    );
    expect(answer.body.issue[0].code).toBe('forbidden');
  });

  it.each(['', undefined, 'openid fhirUser', 'launch launch/patient', 'junk', 'patient/Immunization.dus'])(
    'meets tokens with the scope %j (SCO-09, SCO-10, SCO-20)',
    async (scope) => {
      expect((await (await world.as({ ...asPatient('a'), scope })).get('Immunization')).status).toBe(403);
    },
  );

  it('meets a granular scope of which a part is not understood (SCO-10)', async () => {
    const scope = 'patient/Observation.rs?category=laboratory&code:in=x patient/Observation.rs?nonsense=1';
    expect((await (await world.as(asPatient('a', scope))).get('Observation')).status).toBe(403);
  });
});

describe('the context of a scope', () => {
  const CASES: readonly (readonly [string, Claims, number])[] = [
    ['patient/ without a patient (SCO-17)', { ...asPatient('a'), patient: undefined }, 403],
    ['patient/ without a user (SCO-17)', { ...asPatient('a'), fhirUser: undefined }, 403],
    ['patient/ of somebody else’s patient (SCO-19)', { ...asPatient('a'), patient: 'b' }, 403],
    ['user/ without a user (SCO-18)', { ...asStaff(), fhirUser: undefined }, 403],
    [
      'user/ of a foreign user (SCO-18)',
      { ...asStaff(), fhirUser: 'https://evil.example/fhir/Practitioner/staff' },
      403,
    ],
    ['user/ of an unknown user (SCO-18)', { ...asStaff(), fhirUser: 'Practitioner/nobody' }, 403],
    ['user/ of somebody who left (SCO-18)', { ...asStaff(), fhirUser: 'Practitioner/left' }, 403],
    ['user/ of an inactive patient (SCO-18)', { ...asStaff(), fhirUser: 'Patient/inactive' }, 403],
    ['user/ of a thing (SCO-18)', { ...asStaff(), fhirUser: 'Location/site' }, 403],
    ['user/ of a user by an absolute URL', { ...asStaff(), fhirUser: 'http://localhost/fhir/Practitioner/staff' }, 200],
    ['system/ of a user (SCO-16)', asStaff('system/*.cruds'), 403],
    [
      'patient/ of a back-end client (SCO-16)',
      { ...asSystem('patient/*.cruds'), patient: 'a', fhirUser: 'Patient/a' },
      403,
    ],
    ['user/ of a back-end client (SCO-16)', { ...asSystem('user/*.cruds'), fhirUser: 'Practitioner/staff' }, 403],
    ['system/ of a back-end client', asSystem('system/Immunization.rs'), 200],
  ];

  it.each(CASES)('of %s decides', async (_what, claims, status) => {
    expect((await (await world.as(claims)).get('Immunization/imm-a')).status).toBe(status);
  });

  it('of a back-end client is never a patient (SCO-16)', async () => {
    const system = await world.as({ ...asSystem('system/Immunization.rs'), patient: 'a', fhirUser: 'Patient/a' });
    expect(ids(await system.get('Immunization?_id=imm-a,imm-b'))).toEqual(['imm-a', 'imm-b']);
  });
});

describe('a granular scope', () => {
  const CATEGORY = 'http://terminology.hl7.org/CodeSystem/observation-category';
  const lab = `category=${CATEGORY}|laboratory`;
  const vital = `category=${CATEGORY}|vital-signs`;

  it('limits search, read, vread and history (SCO-21)', async () => {
    const as = await world.as(asPatient('a', `patient/Observation.rs?${lab}`));
    expect(ids(await as.get('Observation'))).toEqual(['lab-a']);
    for (const [id, status] of [
      ['lab-a', 200],
      ['vital-a', 404],
      ['lab-b', 404],
    ] as const) {
      for (const path of ['', '/_history/1', '/_history']) {
        expect((await as.get(`Observation/${id}${path}`)).status).toBe(status);
      }
    }
    expect(ids(await as.get('Observation/_history'))).toEqual(['lab-a']);
    expect(ids(await as.get('_history'))).toEqual(['lab-a']);
    expect((await as.get('Observation?_count=0')).body.total).toBe(1);
  });

  it('keeps its letters to its condition, and adds to others (SCO-05)', async () => {
    const as = await world.as(asPatient('a', `patient/Observation.r?${lab} patient/Observation.s?${vital}`));
    expect(ids(await as.get('Observation'))).toEqual(['vital-a']);
    expect((await as.get('Observation/lab-a')).status).toBe(200);
    expect((await as.get('Observation/vital-a')).status).toBe(404);
    const union = await world.as(asPatient('a', `patient/Observation.rs?${lab} patient/Observation.rs?${vital}`));
    expect(ids(await union.get('Observation'))).toEqual(['lab-a', 'vital-a']);
  });

  it('holds for what is written, before and after (SCO-21)', async () => {
    const system = await world.as(asSystem());
    const observation = (id: string | undefined, code: string) => ({
      resourceType: 'Observation',
      ...(id === undefined ? {} : { id }),
      status: 'final',
      category: [{ coding: [{ system: CATEGORY, code }] }],
      code: { text: 'x' },
      subject: { reference: 'Patient/a' },
    });
    await system.put('Observation/mine', observation('mine', 'laboratory'));
    await system.put('Observation/other', observation('other', 'vital-signs'));
    const as = await world.as(asPatient('a', `patient/Observation.cruds?${lab}`));
    const moved = [{ op: 'replace', path: '/category/0/coding/0/code', value: 'vital-signs' }];
    const statuses = [
      await as.post('Observation', observation(undefined, 'laboratory')),
      await as.post('Observation', observation(undefined, 'vital-signs')),
      await as.put('Observation/mine', observation('mine', 'vital-signs')),
      await as.patch('Observation/mine', moved),
      await as.put('Observation/other', observation('other', 'laboratory')),
      await as.put('Observation/free', observation('free', 'laboratory')),
    ].map(({ status }) => status);
    expect(statuses).toEqual([201, 403, 403, 403, 404, 404]);
    await as.delete('Observation/other');
    expect((await system.get('Observation/other')).status).toBe(200);
    await system.put('Observation/mine', { ...observation('mine', 'vital-signs') });
    expect((await as.get('Observation/mine')).status).toBe(404);
    expect((await as.get('Observation/mine/_history/1')).status).toBe(200);
    expect((await as.get('Observation/mine/_history')).body.total).toBe(1);
  });

  it('is no way to search by what it doesn’t show (SRC-06)', async () => {
    const as = await world.as(asPatient('a', `patient/Observation.rs?${lab} patient/Patient.rs`));
    expect(ids(await as.get('Observation?code=8302-2'))).toEqual([]);
  });
});

describe('who may write but not read', () => {
  it('gets no content back (SCO-12)', async () => {
    const as = await world.as(asPatient('a', 'patient/Immunization.cu'));
    const created = await as.post('Immunization', dose()).set('Prefer', 'return=representation');
    const patched = await as.patch('Immunization/imm-a', change).set('Prefer', 'return=representation');
    const updated = await as.put('Immunization/imm-a', dose('imm-a'));
    const [batch, transaction] = await Promise.all(
      ['batch', 'transaction'].map((type) =>
        as.post('', {
          resourceType: 'Bundle',
          type,
          entry: [{ resource: dose(), request: { method: 'POST', url: 'Immunization' } }],
        }),
      ),
    );
    expect([created.status, patched.status, updated.status]).toEqual([201, 200, 200]);
    for (const answer of [created, patched, updated]) expect(answer.text).toBe('');
    for (const answer of [batch, transaction]) expect(answer?.body.entry[0].resource).toBeUndefined();
  });
});

describe('a conditional create that finds its resource', () => {
  it('says where it is to those who may search but not read, without its content (SCO-04, SCO-12)', async () => {
    const as = await world.as(asPatient('a', 'patient/Immunization.cs'));
    const alone = await as.post('Immunization', dose()).set('If-None-Exist', '_id=imm-a');
    expect([alone.status, alone.text, alone.headers['content-location']?.includes('Immunization/imm-a')]).toEqual([
      200,
      '',
      true,
    ]);
    const entry = [{ resource: dose(), request: { method: 'POST', url: 'Immunization', ifNoneExist: '_id=imm-a' } }];
    const { status, body } = await as.post('', { resourceType: 'Bundle', type: 'transaction', entry });
    expect([status, body.entry[0].response.status, body.entry[0].resource]).toEqual([200, '200 OK', undefined]);
  });
});

describe('a Bundle', () => {
  it('is judged entry by entry; one refused entry undoes a transaction (SCO-11, WRT-14)', async () => {
    const as = await world.as(asPatient('a', 'patient/Immunization.cs'));
    const entry = [
      { resource: { ...dose(), lotNumber: 'from-bundle' }, request: { method: 'POST', url: 'Immunization' } },
      { request: { method: 'GET', url: 'Patient/a' } },
    ];
    const batch = await as.post('', { resourceType: 'Bundle', type: 'batch', entry });
    expect(
      batch.body.entry.map(({ response }: { response: { status: string } }) => response.status.slice(0, 3)),
    ).toEqual(['201', '403']);
    const before = (await as.get('Immunization?lot-number=from-bundle&_count=0')).body.total;
    const outside = { resource: dose(undefined, 'b'), request: { method: 'POST', url: 'Immunization' } };
    for (const refused of [entry[1], outside]) {
      const transaction = await as.post('', {
        resourceType: 'Bundle',
        type: 'transaction',
        entry: [entry[0], refused],
      });
      expect(transaction.status).toBe(403);
    }
    expect((await as.get('Immunization?lot-number=from-bundle&_count=0')).body.total).toBe(before);
  });
});

describe('what the server says of itself', () => {
  it('is the same with and without a token (SCO-24)', async () => {
    const plain = await world.server.get('metadata');
    expect((await (await world.as(asPatient('a'))).get('metadata')).text).toBe(plain.text);
    expect((await world.server.get('metadata').set('Authorization', 'Bearer junk')).status).toBe(200);
  });
});
