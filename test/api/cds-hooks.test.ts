/** CDS Hooks 2.0: discovery, cards for patient-view and order-select, refusals, web pages of other origins. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/jenner.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ corsOrigins: ['https://ehr.example.org'] });
  await server.put('Patient/kept', { resourceType: 'Patient', id: 'kept', birthDate: '2015-03-01', gender: 'female' });
});
afterAll(() => server.close());

interface Card {
  readonly uuid: string;
  readonly summary: string;
  readonly indicator: string;
  readonly source: { readonly label: string };
  readonly detail: string;
}

const year = new Date().getFullYear();
const person = { resourceType: 'Patient', id: 'p', birthDate: `${year - 2}-01-01`, gender: 'male' };
const call = (service: string, body: object | string) =>
  server.fhir
    .post(`/cds-services/${service}`)
    .set('Content-Type', 'application/json')
    .send(typeof body === 'string' ? body : JSON.stringify(body));
const view = (more: object = {}) => ({
  hook: 'patient-view',
  hookInstance: 'd1577c69-dfbe-44ad-ba6d-3e05e953b2ea',
  context: { userId: 'Practitioner/x', patientId: 'p' },
  prefetch: { patient: person },
  ...more,
});
const bundle = (...resources: readonly object[]) => ({
  resourceType: 'Bundle',
  type: 'searchset',
  entry: resources.map((resource) => ({ resource })),
});
const pregnant = {
  resourceType: 'Condition',
  subject: { reference: 'Patient/p' },
  code: { coding: [{ system: 'http://snomed.info/sct', code: '77386006' }] },
};
const order = (cvx: string, more: object = {}) => ({
  hook: 'order-select',
  hookInstance: 'x',
  context: {
    userId: 'Practitioner/x',
    patientId: 'p',
    selections: ['MedicationRequest/m'],
    draftOrders: bundle({
      resourceType: 'MedicationRequest',
      id: 'm',
      medicationCodeableConcept: { coding: [{ system: 'http://hl7.org/fhir/sid/cvx', code: cvx }] },
    }),
  },
  prefetch: { patient: person, ...more },
});

async function cardsOf(service: string, body: object): Promise<readonly Card[]> {
  const answer = await call(service, body);
  expect([answer.status, answer.body.issue]).toEqual([200, undefined]);
  return answer.body.cards;
}

describe('CDS Hooks', () => {
  it('lists its services with hook, id and prefetch', async () => {
    const { status, body } = await server.fhir.get('/cds-services');
    expect(status).toBe(200);
    expect(body.services.map(({ hook }: { hook: string }) => hook)).toEqual(['patient-view', 'order-select']);
    for (const { id, title, description, prefetch } of body.services) {
      expect([typeof id, typeof title, typeof description]).toEqual(['string', 'string', 'string']);
      expect(prefetch.patient).toBe('Patient/{{context.patientId}}');
    }
  });

  it('shows overdue vaccines as warnings before due ones, each as a card of the specification', async () => {
    const cards = await cardsOf('jenner-due-vaccines', view());
    expect(cards.length).toBeGreaterThan(5);
    expect(cards.some(({ summary }) => summary.startsWith('MMR: dose 1 is overdue since'))).toBe(true);
    const ranks = cards.map(({ indicator }) => ['critical', 'warning', 'info'].indexOf(indicator));
    expect(ranks).toEqual(ranks.toSorted());
    for (const { summary, uuid, source } of cards) {
      expect(summary.length).toBeLessThan(140);
      expect([uuid.length, source.label.length > 0]).toEqual([36, true]);
    }
  });

  it('counts the doses and conditions that come as prefetch', async () => {
    const given = {
      resourceType: 'Immunization',
      id: '1',
      status: 'completed',
      vaccineCode: { coding: [{ system: 'http://hl7.org/fhir/sid/cvx', code: '03' }] },
      patient: { reference: 'Patient/p' },
      occurrenceDateTime: `${year - 1}-02-01`,
    };
    const prefetch = { patient: person, immunizations: bundle(given), conditions: null };
    const groups = (cards: readonly Card[]) => cards.map(({ summary }) => summary.split(':')[0]);
    expect(groups(await cardsOf('jenner-due-vaccines', view({ prefetch })))).not.toContain('MMR');
    const risky = { patient: person, conditions: bundle(pregnant) };
    expect(groups(await cardsOf('jenner-due-vaccines', view({ prefetch: risky })))).not.toContain('MMR');
  });

  it('answers over the stored record where nothing is sent along', async () => {
    const context = { userId: 'Practitioner/x', patientId: 'kept' };
    const cards = await cardsOf('jenner-due-vaccines', view({ prefetch: undefined, context }));
    expect(cards.length).toBeGreaterThan(0);
  });

  it('warns of an ordered vaccine that is contraindicated, not recommended or too early', async () => {
    const critical = await cardsOf('jenner-ordered-vaccines', order('03', { conditions: bundle(pregnant) }));
    expect(critical[0]).toMatchObject({
      indicator: 'critical',
      summary: 'MMR: the ordered vaccine is contraindicated',
    });
    const foreign = await cardsOf('jenner-ordered-vaccines', order('26'));
    expect(foreign[0]).toMatchObject({
      indicator: 'warning',
      summary: 'Cholera: the ordered vaccine is not recommended',
    });
    const early = await cardsOf('jenner-ordered-vaccines', order('62'));
    expect(early.find(({ summary }) => summary.startsWith('HPV'))?.summary).toContain('too early');
    const fine = await cardsOf('jenner-ordered-vaccines', order('03'));
    expect(fine.find(({ summary }) => summary.startsWith('MMR'))?.summary).toContain('dose 1 is overdue');
  });

  it.each([
    ['a service that is not there', 'nothing', view(), 404],
    ['another hook', 'jenner-due-vaccines', { ...view(), hook: 'order-sign' }, 400],
    ['no hookInstance', 'jenner-due-vaccines', { ...view(), hookInstance: undefined }, 400],
    ['no patientId', 'jenner-due-vaccines', { ...view(), context: {} }, 400],
    ['what is no JSON', 'jenner-due-vaccines', '{', 400],
    ['what is no object', 'jenner-due-vaccines', '[]', 400],
    ['an unknown patient without prefetch', 'jenner-due-vaccines', { ...view(), prefetch: {} }, 412],
    [
      'a patient without birth date',
      'jenner-due-vaccines',
      { ...view(), prefetch: { patient: { resourceType: 'Patient' } } },
      422,
    ],
  ])('refuses %s', async (_what, service, body, status) => {
    const answer = await call(service, body);
    expect([answer.status, answer.body.resourceType]).toEqual([status, 'OperationOutcome']);
  });

  it('lets the web pages in that the operator names, and no others', async () => {
    const preflight = (origin: string) =>
      server.fhir
        .options('/cds-services/jenner-due-vaccines')
        .set({ Origin: origin, 'Access-Control-Request-Method': 'POST' });
    const allowed = await preflight('https://ehr.example.org');
    expect([allowed.status, allowed.headers['access-control-allow-origin']]).toEqual([204, 'https://ehr.example.org']);
    expect((await preflight('https://evil.example.org')).headers['access-control-allow-origin']).toBeUndefined();
    const get = await server.fhir.get('/cds-services').set('Origin', 'https://ehr.example.org');
    expect(get.headers['access-control-allow-origin']).toBe('https://ehr.example.org');
  });
});
