/** Profiles, codes and data quality over HTTP: what the policy decides about writes, what $validate tells (docs/profiles.md). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/jenner.ts';
import { fixtures, US_CORE } from '../unit/validation/held.ts';

interface Issue {
  readonly severity: string;
  readonly code: string;
  readonly details?: { readonly coding: readonly { readonly code: string }[] };
  readonly expression?: readonly string[];
}

const IMMUNIZATION = `${US_CORE}us-core-immunization`;
const PATIENT = `${US_CORE}us-core-patient`;

const dose = (more: object = {}) => ({
  resourceType: 'Immunization',
  status: 'completed',
  vaccineCode: { coding: [{ system: 'http://hl7.org/fhir/sid/cvx', code: '140' }] },
  patient: { reference: 'Patient/p' },
  occurrenceDateTime: '2024-01-05',
  primarySource: false,
  reportOrigin: { text: 'card' },
  ...more,
});
const claiming = (resource: object, ...profile: readonly string[]) => ({ ...resource, meta: { profile } });
const nameless = { resourceType: 'Patient', name: [{ use: 'official' }], gender: 'unknown' };

const issuesOf = (body: { readonly issue?: readonly Issue[] }): readonly Issue[] => body.issue ?? [];
const told = (body: object): readonly string[] =>
  issuesOf(body).map(({ severity, details }) => `${severity} ${details?.coding[0]?.code ?? ''}`.trim());

describe('a policy that warns', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());

  it('writes what does not agree with the profile that it claims', async () => {
    const written = await server.post('Patient', claiming(nameless, PATIENT));
    expect(written.status).toBe(201);
    expect(written.body.resourceType).toBe('Patient');
  });

  it('tells what was found where an outcome is preferred, as warnings', async () => {
    const written = await server.post('Patient', claiming(nameless, PATIENT)).set('Prefer', 'return=OperationOutcome');
    expect(written.status).toBe(201);
    expect(told(written.body)).toEqual(expect.arrayContaining(['warning us-core-6', 'warning profile-min']));
    expect(told(written.body)[0]).toBe('information');
    expect(told(written.body).filter((one) => one.startsWith('error'))).toEqual([]);
  });

  it('tells of a dose in the future as a warning, with the element', async () => {
    const written = await server
      .post('Immunization', dose({ occurrenceDateTime: '2999-01-01' }))
      .set('Prefer', 'return=OperationOutcome');
    const future = issuesOf(written.body).find(({ details }) => details?.coding[0]?.code === 'DQ-003');
    expect(future).toMatchObject({ severity: 'warning', expression: ['Immunization.occurrence'] });
  });

  it('refuses the same with all issues where the client asks to be held strictly', async () => {
    const refused = await server.post('Patient', claiming(nameless, PATIENT)).set('Prefer', 'handling=strict');
    expect(refused.status).toBe(422);
    expect(told(refused.body)).toEqual(
      expect.arrayContaining(['error us-core-6', 'error profile-min', 'error DQ-064']),
    );
  });

  it('changes nothing for a client that asks for leniency', async () => {
    expect((await server.post('Patient', claiming(nameless, PATIENT)).set('Prefer', 'handling=lenient')).status).toBe(
      201,
    );
  });

  it('refuses no profile that it does not know', async () => {
    expect((await server.post('Patient', claiming(nameless, 'http://example.org/unknown'))).status).toBe(201);
  });

  it('tells of entries of a transaction each for itself', async () => {
    const entry = (resource: object) => ({ resource, request: { method: 'POST', url: 'Patient' } });
    const plain = { resourceType: 'Patient', active: true };
    const bundle = {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [entry(plain), entry(claiming(nameless, PATIENT))],
    };
    const answered = await server.post('', bundle).set('Prefer', 'return=OperationOutcome');
    const [first, second] = answered.body.entry.map((one: { response: { outcome: object } }) =>
      told(one.response.outcome),
    );
    expect(first).not.toContain('warning us-core-6');
    expect(second).toContain('warning us-core-6');
  });

  it('takes an unknown CVX code with a warning', async () => {
    const unknown = dose({ vaccineCode: { coding: [{ system: 'http://hl7.org/fhir/sid/cvx', code: '998877' }] } });
    const written = await server.post('Immunization', unknown).set('Prefer', 'return=OperationOutcome');
    expect(written.status).toBe(201);
    expect(told(written.body)).toContain('warning DQ-014');
  });
});

describe('a policy that enforces a profile', () => {
  let server: TestServer;
  beforeAll(async () => {
    const profiles = [{ canonical: `${PATIENT}|6.1.0`, action: 'enforce' as const }];
    server = await startTestServer({ settings: { validation: { profiles, claimed: 'off', quality: 'off' } } });
  });
  afterAll(() => server.close());

  const good = {
    resourceType: 'Patient',
    identifier: [{ system: 'urn:example:mrn', value: '1' }],
    name: [{ family: 'Shaw', given: ['Amy'] }],
    gender: 'female',
  };

  it('takes what agrees with it', async () => {
    expect((await server.post('Patient', good)).status).toBe(201);
  });

  it('refuses what does not, with every issue, claimed or not', async () => {
    const refused = await server.post('Patient', nameless);
    expect(refused.status).toBe(422);
    expect(issuesOf(refused.body)).toEqual([
      expect.objectContaining({ severity: 'error', code: 'required', expression: ['Patient'] }),
      expect.objectContaining({ severity: 'error', code: 'invariant', expression: ['Patient.name[0]'] }),
    ]);
  });

  it('refuses it in updates, patches, batches and transactions too', async () => {
    const id = (await server.post('Patient', good)).body.id;
    expect((await server.put(`Patient/${id}`, { ...nameless, id })).status).toBe(422);
    expect((await server.patch(`Patient/${id}`, [{ op: 'remove', path: '/gender' }])).status).toBe(422);
    const entry = [{ resource: nameless, request: { method: 'POST', url: 'Patient' } }];
    const answered = await server.post('', { resourceType: 'Bundle', type: 'transaction', entry });
    expect(answered.status).toBe(422);
    expect(answered.body.issue[0].expression[0]).toMatch(/^Bundle\.entry\[0\]\.resource/);
    const each = await server.post('', { resourceType: 'Bundle', type: 'batch', entry });
    expect(each.body.entry[0].response.status).toMatch(/^422/);
  });

  it('lets other types be', async () => {
    expect((await server.post('Immunization', dose())).status).toBe(201);
  });

  it('stops the start where it names a profile that is not loaded', async () => {
    const profiles = [{ canonical: 'http://example.org/unknown', action: 'enforce' as const }];
    const start = startTestServer({ settings: { validation: { profiles, claimed: 'off', quality: 'off' } } });
    await expect(start).rejects.toThrow('http://example.org/unknown');
  });
});

describe('$validate', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
    await server.put('Patient/p', { ...nameless, id: 'p' });
  });
  afterAll(() => server.close());

  const parameters = (resource: object | undefined, ...profiles: readonly string[]) => ({
    resourceType: 'Parameters',
    parameter: [
      ...(resource ? [{ name: 'resource', resource }] : []),
      ...profiles.map((valueUri) => ({ name: 'profile', valueUri })),
    ],
  });

  it('answers 200 with errors for what does not agree with the profile that is asked for', async () => {
    const answered = await server.post('Patient/$validate', parameters(nameless, PATIENT));
    expect(answered.status).toBe(200);
    expect(told(answered.body)).toEqual(expect.arrayContaining(['error us-core-6', 'error profile-min']));
  });

  it('takes the profile from the query, and several of them', async () => {
    const query = new URLSearchParams({ profile: `${PATIENT}|6.1.0` });
    expect(told((await server.post(`Patient/$validate?${query}`, nameless)).body)).toContain('error us-core-6');
    const both = parameters(dose(), `${IMMUNIZATION}|6.1.0`, `${IMMUNIZATION}|8.0.0`);
    const answered = await server.post('Immunization/$validate', both);
    const rules = issuesOf(answered.body).filter(({ details }) => details?.coding[0]?.code === 'us-core-5');
    expect(rules).toHaveLength(1);
  });

  it('tells of claims without being asked', async () => {
    expect(told((await server.post('Patient/$validate', claiming(nameless, PATIENT))).body)).toContain(
      'error us-core-6',
    );
  });

  it('checks what is stored, by GET and in the mode profile', async () => {
    const query = new URLSearchParams({ profile: PATIENT });
    expect(told((await server.get(`Patient/p/$validate?${query}`)).body)).toContain('error us-core-6');
    query.set('mode', 'profile');
    expect(told((await server.get(`Patient/p/$validate?${query}`)).body)).toContain('error us-core-6');
  });

  it('refuses the mode profile without a profile, with a resource, or on a type', async () => {
    expect((await server.get('Patient/p/$validate?mode=profile')).status).toBe(400);
    const query = new URLSearchParams({ profile: PATIENT, mode: 'profile' });
    expect((await server.post(`Patient/p/$validate?${query}`, { ...nameless, id: 'p' })).status).toBe(400);
    expect((await server.post(`Patient/$validate?${query}`, nameless)).status).toBe(400);
  });

  it('says first that what is valid is valid', async () => {
    const example = fixtures('us-core-8.0.0').get('Patient-example.json') ?? {};
    const answered = await server.post('Patient/$validate', parameters(example, `${PATIENT}|8.0.0`));
    expect(answered.body.issue[0]).toMatchObject({ severity: 'information', code: 'informational' });
    expect(told(answered.body).filter((one) => one.startsWith('error'))).toEqual([]);
  });

  it('refuses a profile that it does not know, since it can’t validate against it', async () => {
    const refused = await server.post('Patient/$validate', parameters(nameless, 'http://example.org/unknown'));
    expect(refused.status).toBe(400);
    expect(refused.body.issue[0].code).toBe('not-supported');
  });

  it('tells of a dose before birth where the patient comes with it', async () => {
    const patient = { resourceType: 'Patient', id: 'c', birthDate: '2024-06-01' };
    const answered = await server.post(
      'Immunization/$validate',
      dose({ contained: [patient], patient: { reference: '#c' } }),
    );
    expect(told(answered.body)).toContain('warning DQ-004');
  });
});
