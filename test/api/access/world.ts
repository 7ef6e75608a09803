/** A small registry with two patients who have nothing to do with each other, and who asks for their records. */
import type { Test } from 'supertest';
import type { Claims, TestIssuer } from '../../support/issuer.ts';
import { createTestIssuer } from '../../support/issuer.ts';
import { startTestServer, type TestServer, type TestServerOptions } from '../../support/jenner.ts';

type Resource = { readonly resourceType: string; readonly id: string } & Readonly<Record<string, unknown>>;

const coded = (system: string, code: string) => ({ coding: [{ system, code }] });
const CVX = 'http://hl7.org/fhir/sid/cvx';
const patient = (id: string, family: string): Resource => ({
  resourceType: 'Patient',
  id,
  name: [{ family, given: ['Kim'] }],
  birthDate: '2020-05-01',
  identifier: [{ system: 'http://example.org/mrn', value: `mrn-${id}` }],
});

/** What is in the record of one patient: one resource of each kind that a compartment is made of. */
export const recordOf = (id: string): readonly Resource[] => {
  const subject = { reference: `Patient/${id}` };
  const category = (code: string) => [coded('http://terminology.hl7.org/CodeSystem/observation-category', code)];
  return [
    patient(id, `Family-${id}`),
    {
      resourceType: 'Immunization',
      id: `imm-${id}`,
      status: 'completed',
      vaccineCode: coded(CVX, '08'),
      patient: subject,
      occurrenceDateTime: '2024-03-01',
      lotNumber: `lot-${id}`,
      performer: [{ actor: { reference: 'Practitioner/staff' } }],
      location: { reference: 'Location/site' },
    },
    {
      resourceType: 'Observation',
      id: `lab-${id}`,
      status: 'final',
      category: category('laboratory'),
      code: coded('http://loinc.org', '22600-1'),
      subject,
      effectiveDateTime: '2024-03-02',
    },
    {
      resourceType: 'Observation',
      id: `vital-${id}`,
      status: 'final',
      category: category('vital-signs'),
      code: coded('http://loinc.org', '8302-2'),
      subject,
    },
    { resourceType: 'Condition', id: `con-${id}`, code: coded('http://snomed.info/sct', '38907003'), subject },
    {
      resourceType: 'AllergyIntolerance',
      id: `alg-${id}`,
      clinicalStatus: coded('http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', 'active'),
      code: coded('http://snomed.info/sct', '91930004'),
      patient: subject,
    },
    { resourceType: 'RelatedPerson', id: `rel-${id}`, patient: subject, name: [{ family: 'Parent' }] },
  ];
};

export const PEOPLE: readonly Resource[] = [
  { resourceType: 'Practitioner', id: 'staff', active: true, name: [{ family: 'Clinician' }] },
  { resourceType: 'Practitioner', id: 'left', active: false },
  { resourceType: 'Location', id: 'site', status: 'active', name: 'School clinic' },
  { resourceType: 'Organization', id: 'org', name: 'Clinic' },
];

export interface World {
  readonly server: TestServer;
  readonly issuer: TestIssuer;
  /** A request with a token of these claims. */
  as(claims: Claims): Promise<Asking>;
}

export interface Asking {
  readonly token: string;
  get(path: string): Test;
  delete(path: string): Test;
  post(path: string, body: object): Test;
  put(path: string, body: object): Test;
  patch(path: string, body: object): Test;
}

export async function startWorld(resources: readonly Resource[], options: TestServerOptions = {}): Promise<World> {
  const issuer = await createTestIssuer();
  const server = await startTestServer({ issuers: [issuer.issuer], ...options });
  await store(server, [...PEOPLE, ...resources]);
  return { server, issuer, as: async (claims) => asking(server, await issuer.sign(claims)) };
}

/** Written by the server itself, as nobody's request. */
export async function store({ jenner }: TestServer, resources: readonly Resource[]): Promise<void> {
  for (const json of resources) {
    const { resourceType, id } = json;
    await jenner.ports.persistence.updateResource({
      resourceType,
      id,
      resource: { resourceType, id, text: JSON.stringify(json), json },
    });
  }
}

export function asking(server: TestServer, token: string): Asking {
  const with_ = (test: Test) => test.set('Authorization', `Bearer ${token}`);
  return {
    token,
    get: (path) => with_(server.get(path)),
    delete: (path) => with_(server.delete(path)),
    post: (path, body) => with_(server.post(path, body)),
    put: (path, body) => with_(server.put(path, body)),
    patch: (path, body) => with_(server.patch(path, body)),
  };
}

/** The answer without what differs between any two requests. */
export function comparable(answer: Awaited<Test>): object {
  const { 'x-request-id': _id, date: _date, ...headers } = answer.headers;
  return { status: answer.status, headers, text: answer.text };
}
