/** $immds-forecast (ImmDS 2.0.0): CDC's cases through HTTP, what goes in, what comes out, and what is refused. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { givenDoses, type TestCase } from '../../src/iis/forecast/conformance/test-case.ts';
import { EXPECTED_DIFFERENCES } from '../conformance/cdsi/expected-differences.ts';
import {
  caseNamed,
  immunizationsOf,
  observationsOf,
  patientOf,
  requestOf,
  testCases,
} from '../support/forecast-requests.ts';
import { startTestServer, type TestServer } from '../support/jenner.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

interface Concept {
  readonly coding?: readonly { readonly system?: string; readonly code: string }[];
  readonly text?: string;
}
interface Entry {
  readonly vaccineCode?: readonly Concept[];
  readonly forecastStatus: Concept;
  readonly forecastReason?: readonly Concept[];
  readonly dateCriterion?: readonly { readonly code: Concept; readonly value: string }[];
  readonly doseNumberPositiveInt?: number;
  readonly contraindicatedVaccineCode?: readonly Concept[];
  readonly series?: string;
  readonly extension?: readonly { readonly url: string; readonly valueString: string }[];
}
interface Evaluation {
  readonly immunizationEvent: { readonly reference: string };
  readonly doseStatus: Concept;
  readonly doseStatusReason?: readonly Concept[];
  readonly targetDisease: Concept;
  readonly contained?: readonly { readonly id: string }[];
  readonly series?: string;
}
interface Answer {
  readonly evaluations: readonly Evaluation[];
  readonly entries: readonly Entry[];
  readonly recommendation: { readonly meta: object; readonly date: string; readonly patient: object };
}

const parameters = (...parameter: readonly object[]) => ({ resourceType: 'Parameters', parameter });

function readAnswer(body: {
  readonly parameter: readonly { readonly name: string; readonly resource: object }[];
}): Answer {
  const of = (name: string) => body.parameter.filter((entry) => entry.name === name).map(({ resource }) => resource);
  const [recommendation] = of('recommendation') as [Answer['recommendation'] & { readonly recommendation: Entry[] }];
  return { evaluations: of('evaluation') as Evaluation[], recommendation, entries: recommendation.recommendation };
}

async function ask(request: object): Promise<Answer> {
  const { status, body } = await server.post('$immds-forecast', request);
  expect([status, body.resourceType]).toEqual([200, 'Parameters']);
  return readAnswer(body);
}

const groupOf = ({ vaccineCode }: Entry): string | undefined => vaccineCode?.[0]?.text;
const ofGroup = ({ entries }: Answer, group: string): Entry => {
  const found = entries.find((entry) => groupOf(entry) === group);
  if (found === undefined) throw new Error(`no entry for ${group}`);
  return found;
};
const dateOf = ({ dateCriterion = [] }: Entry, loinc: string): string | null =>
  dateCriterion.find(({ code }) => code.coding?.[0]?.code === loinc)?.value ?? null;
const codes = (concepts: readonly Concept[] | undefined) =>
  (concepts ?? []).flatMap(({ coding }) => coding?.[0]?.code ?? []);

const dose = (id: string, cvx: string, date: string, more: object = {}) => ({
  resourceType: 'Immunization',
  id,
  status: 'completed',
  vaccineCode: { coding: [{ system: 'http://hl7.org/fhir/sid/cvx', code: cvx }] },
  patient: { reference: 'Patient/x' },
  occurrenceDateTime: date,
  ...more,
});
const child = { resourceType: 'Patient', id: 'x', birthDate: '2024-01-10', gender: 'female' };
const about = (immunizations: readonly object[], more: readonly object[] = [], patient: object = child) =>
  parameters(
    { name: 'assessmentDate', valueDate: '2025-11-10' },
    { name: 'patient', resource: patient },
    ...immunizations.map((resource) => ({ name: 'immunization', resource })),
    ...more,
  );

/** What a case expects that FHIR says too, and what the answer has in its place. */
function differences(testCase: TestCase, answer: Answer): string[] {
  const { normalized, earliestDate, recommendedDate, pastDueDate } = testCase;
  const entry = ofGroup(answer, normalized.vaccineGroup);
  const fields: readonly (readonly [string, unknown, unknown])[] = [
    ['series status', normalized.seriesStatus, entry.forecastStatus.text],
    ['forecast number', normalized.forecastDoseNumber, entry.doseNumberPositiveInt ?? null],
    ['earliest date', earliestDate, dateOf(entry, '30981-5')],
    ['recommended date', recommendedDate, dateOf(entry, '30980-7')],
    ['past due date', pastDueDate, dateOf(entry, '59778-1')],
  ];
  return fields.filter(([, expected, actual]) => expected !== actual).map(([field]) => field);
}

describe('$immds-forecast at the system level', () => {
  it('answers every one of CDC’s cases as the engine does, but for those that contradict the schedule', async () => {
    const wrong: Record<string, string[]> = {};
    for (const testCase of testCases) {
      const answer = await ask(requestOf(testCase, [{ name: 'schedule', valueString: '4.64' }]));
      const fields = differences(testCase, answer);
      if (fields.length > 0) wrong[testCase.id.trim()] = fields;
      const told = new Set(answer.evaluations.map(({ immunizationEvent }) => immunizationEvent.reference));
      expect(told.size).toBe(givenDoses(testCase).length);
    }
    for (const [id, fields] of Object.entries(wrong)) {
      expect(Object.keys(EXPECTED_DIFFERENCES[id]?.fields ?? {}), id).toEqual(expect.arrayContaining(fields));
    }
  }, 120_000);

  it('takes the example of the implementation guide', async () => {
    const file = new URL('../fixtures/immds/parameters-in.json', import.meta.url);
    const answer = await ask(JSON.parse(readFileSync(file, 'utf8')));
    expect(answer.evaluations).toHaveLength(1);
    expect(answer.evaluations[0]).toMatchObject({
      patient: { reference: 'Patient/ImmDSPatientExample' },
      immunizationEvent: { reference: 'Immunization/ImmDSImmunizationExample' },
      doseStatus: { coding: [{ code: 'valid' }, { code: 'valid' }] },
      targetDisease: { coding: [{ code: '66071002' }] },
      doseNumberPositiveInt: 1,
      seriesDosesPositiveInt: 3,
    });
    expect(answer.recommendation.date).toBe('2020-06-02');
    expect(dateOf(ofGroup(answer, 'HepB'), '30981-5')).toBe('2020-05-26');
  });

  it('reports every vaccine group, each with a status and one of vaccine and disease', async () => {
    const answer = await ask(about([]));
    expect(new Set(answer.entries.map(groupOf)).size).toBe(26);
    for (const entry of answer.entries) {
      expect(entry.forecastStatus.coding?.[0]?.system).toBe('http://hl7.org/fhir/us/immds/CodeSystem/ForecastStatus');
      expect(entry.vaccineCode?.length).toBeGreaterThan(0);
    }
    expect(
      answer.entries
        .filter(({ dateCriterion }) => dateCriterion)
        .every((entry) => codes([entry.forecastStatus])[0] === 'notComplete'),
    ).toBe(true);
  });

  it('tells the release of the schedule that made the answer, and makes it by another one where that is asked for', async () => {
    const tag = (code: string) => ({ meta: { tag: [{ system: 'urn:jenner:cdsi-schedule', code }] } });
    const by464 = await ask(about([], [{ name: 'schedule', valueString: '4.64' }]));
    expect(by464.recommendation).toMatchObject(tag('4.64'));
    expect((await ask(about([]))).recommendation).toMatchObject(tag('4.65'));
  });

  it('gives each verdict its reason in the codes of ImmDS and in words', async () => {
    const { evaluations } = await ask(about([dose('early', '03', '2024-06-01')]));
    expect(evaluations).toHaveLength(3);
    for (const { doseStatus, doseStatusReason } of evaluations) {
      expect([codes([doseStatus]), codes(doseStatusReason)[0]]).toEqual([['notvalid'], 'tooyoung']);
      expect(doseStatusReason?.[0]?.text).toContain('2025-01-06');
    }
  });

  it('names extra doses extraneous, and doses past the expiration of their lot sub-standard', async () => {
    const { evaluations } = await ask(
      about([
        dose('1', '21', '2025-02-01'),
        dose('expired', '03', '2025-02-01', { expirationDate: '2025-01' }),
        dose('recalled', '83', '2025-02-01', {
          isSubpotent: true,
          subpotentReason: [{ coding: [{ code: 'recall' }] }],
        }),
      ]),
    );
    const verdict = (id: string) =>
      evaluations.find(({ immunizationEvent }) => immunizationEvent.reference === `Immunization/${id}`);
    expect(verdict('1')?.doseStatus.text).toBe('Valid');
    expect([verdict('expired')?.doseStatus.text, codes(verdict('expired')?.doseStatusReason)]).toEqual([
      'Sub-standard',
      ['expired'],
    ]);
    expect([verdict('recalled')?.doseStatus.text, codes(verdict('recalled')?.doseStatusReason)]).toEqual([
      'Sub-standard',
      ['recall'],
    ]);
  });

  it('reports doses that it can’t evaluate, with the reason, and drops none', async () => {
    const { evaluations } = await ask(
      about([
        dose('partial', '03', '2025-02'),
        dose('words', '03', '', { occurrenceDateTime: undefined, occurrenceString: 'as a toddler' }),
        dose('unknown', '9999', '2025-02-01'),
        dose('other-system', '', '2025-02-01', { vaccineCode: { coding: [{ system: 'http://x', code: '03' }] } }),
        dose('future', '03', '2026-02-01'),
        dose('unborn', '03', '2020-02-01'),
      ]),
    );
    const told = new Map(
      evaluations.map((entry) => [entry.immunizationEvent.reference.split('/')[1], entry.doseStatusReason?.[0]?.text]),
    );
    expect(Object.fromEntries(told)).toEqual({
      partial: expect.stringContaining('not known to the day'),
      words: expect.stringContaining('not known to the day'),
      unknown: expect.stringContaining('no such vaccine'),
      'other-system': expect.stringContaining('no such vaccine'),
      future: expect.stringContaining('after the assessment date'),
      unborn: expect.stringContaining('before birth'),
    });
    expect(evaluations.every(({ doseStatus }) => doseStatus.text === 'Not Evaluated')).toBe(true);
  });

  it('passes over doses that were not given or were entered in error', async () => {
    const answer = await ask(
      about([
        dose('a', '03', '2025-02-01', { status: 'not-done' }),
        dose('b', '03', '2025-02-01', { status: 'entered-in-error' }),
      ]),
    );
    expect(answer.evaluations).toEqual([]);
  });

  it('counts the day that was written, whatever the zone', async () => {
    const { evaluations } = await ask(about([dose('late', '03', '2025-01-10T23:30:00-10:00')]));
    expect(evaluations[0]?.doseStatus.text).toBe('Valid');
    const early = await ask(about([dose('early', '03', '2025-01-05T23:30:00-10:00')]));
    expect(early.evaluations[0]?.doseStatus.text).toBe('Not Valid');
  });

  it('contains the doses that have no id, and refers to them there', async () => {
    const { id: _id, ...nameless } = dose('x', '03', '2025-02-01');
    const { evaluations } = await ask(about([nameless]));
    expect(evaluations[0]?.immunizationEvent.reference).toBe('#dose-1');
    expect(evaluations[0]?.contained).toEqual([{ ...nameless, id: 'dose-1' }]);
  });

  it('knows contraindications, risks and immunity by SNOMED CT, by CDSi’s codes and by allergies to vaccines', async () => {
    const condition = (code: object, more: object = {}) => ({
      name: 'condition',
      resource: { resourceType: 'Condition', subject: { reference: 'Patient/x' }, code: { coding: [code] }, ...more },
    });
    const statusOf = async (more: readonly object[], group: string) =>
      codes([ofGroup(await ask(about([], more)), group).forecastStatus])[0];
    const pregnant = { system: 'http://snomed.info/sct', code: '77386006' };
    const varicella = { system: 'http://snomed.info/sct', code: '38907003' };
    const laboratory = { system: 'urn:jenner:cdsi-observation', code: '023' };
    expect(await statusOf([], 'MMR')).toBe('notComplete');
    expect(await statusOf([condition(pregnant)], 'MMR')).toBe('contraindicated');
    const over = { clinicalStatus: { coding: [{ code: 'resolved' }] } };
    expect(await statusOf([condition(pregnant, over)], 'MMR')).toBe('notComplete');
    const refuted = { verificationStatus: { coding: [{ code: 'refuted' }] } };
    expect(await statusOf([condition(pregnant, refuted)], 'MMR')).toBe('notComplete');
    expect(await statusOf([condition(pregnant, { onsetDateTime: '2026-01-01' })], 'MMR')).toBe('notComplete');
    const allergy = (more: object) => ({
      name: 'allergyIntolerance',
      resource: {
        resourceType: 'AllergyIntolerance',
        patient: { reference: 'Patient/x' },
        code: { coding: [{ system: 'http://hl7.org/fhir/sid/cvx', code: '21' }] },
        ...more,
      },
    });
    expect(await statusOf([allergy({})], 'Varicella')).toBe('contraindicated');
    expect(await statusOf([allergy({ criticality: 'low' })], 'Varicella')).toBe('notComplete');
    const observation = (more: object) => ({
      name: 'observation',
      resource: {
        resourceType: 'Observation',
        status: 'final',
        code: { coding: [laboratory] },
        subject: { reference: 'Patient/x' },
        ...more,
      },
    });
    expect(await statusOf([observation({})], 'Varicella')).toBe('immune');
    expect(await statusOf([observation({ valueBoolean: true })], 'Varicella')).toBe('immune');
    expect(await statusOf([observation({ valueBoolean: false })], 'Varicella')).toBe('notComplete');
    expect(await statusOf([observation({ status: 'preliminary' })], 'Varicella')).toBe('notComplete');
    expect(await statusOf([condition(varicella, over)], 'Varicella')).toBe('immune');
  });

  it('shows the trace of each forecast in words', async () => {
    const [{ url, valueString } = { url: '', valueString: '' }] =
      ofGroup(await ask(about([dose('1', '03', '2025-02-01')])), 'MMR').extension ?? [];
    expect(url).toBe('urn:jenner:forecast-trace');
    expect(valueString).toContain('CVX 03 on 2025-02-01 is valid for dose 1');
  });

  it('stores nothing', async () => {
    await ask(about([dose('1', '03', '2025-02-01')]));
    for (const type of ['Patient', 'Immunization', 'ImmunizationRecommendation', 'ImmunizationEvaluation']) {
      expect((await server.get(`${type}?_count=0`)).body.total).toBe(0);
    }
  });

  const bad: readonly (readonly [string, object, number, string])[] = [
    ['no assessment date', parameters({ name: 'patient', resource: child }), 400, 'http.assessmentDate'],
    [
      'an assessment date that is none',
      parameters({ name: 'assessmentDate', valueDate: '2025-02-30' }, { name: 'patient', resource: child }),
      400,
      'http.assessmentDate',
    ],
    [
      'an assessment date without its day',
      parameters({ name: 'assessmentDate', valueDate: '2025-02' }, { name: 'patient', resource: child }),
      400,
      'http.assessmentDate',
    ],
    ['no patient', parameters({ name: 'assessmentDate', valueDate: '2025-11-10' }), 400, 'http.patient'],
    [
      'a patient without birth date',
      about([], [], { resourceType: 'Patient', gender: 'male' }),
      422,
      'Patient.birthDate',
    ],
    ['a birth date of a year', about([], [], { resourceType: 'Patient', birthDate: '2020' }), 422, 'Patient.birthDate'],
    ['a sex that is none', about([], [], { ...child, gender: 'f' }), 422, 'Patient.gender'],
    ['a resource of another type as the patient', about([], [], dose('1', '03', '2025-02-01')), 400, 'http.patient'],
    ['a resource of another type as a dose', about([child]), 400, 'http.immunization'],
    [
      'a dose without status',
      about([{ ...dose('1', '03', '2025-02-01'), status: undefined }]),
      422,
      'Immunization.status',
    ],
    [
      'a dose without vaccine',
      about([{ ...dose('1', '03', '2025-02-01'), vaccineCode: undefined }]),
      422,
      'Immunization.vaccineCode',
    ],
    [
      'a dose without a date',
      about([dose('1', '03', '', { occurrenceDateTime: undefined })]),
      422,
      'Immunization.occurrence',
    ],
    ['a dose with a date that is none', about([dose('1', '03', '2025-02-30')]), 422, 'Immunization.occurrenceDateTime'],
    [
      'two doses of one id',
      about([dose('1', '03', '2025-02-01'), dose('1', '21', '2025-02-01')]),
      400,
      'Immunization.id',
    ],
    ['a schedule that isn’t there', about([], [{ name: 'schedule', valueString: '1.0' }]), 400, 'http.schedule'],
    ['a parameter that it doesn’t have', about([], [{ name: 'procedure', valueString: 'x' }]), 400, 'http.procedure'],
  ];
  it.each(bad)('refuses %s with an OperationOutcome that names it', async (_what, request, status, expression) => {
    const answer = await server.post('$immds-forecast', request);
    expect([answer.status, answer.body.resourceType]).toEqual([status, 'OperationOutcome']);
    expect(answer.body.issue.map((issue: { expression?: string[] }) => issue.expression?.[0])).toContain(expression);
  });
});

describe('Patient/[id]/$immds-forecast', () => {
  const stored = caseNamed('2016-UC-0051');
  beforeAll(async () => {
    for (const resource of [
      patientOf(stored, 'stored'),
      ...immunizationsOf(stored, 'stored'),
      ...observationsOf(stored, 'stored'),
    ]) {
      expect((await server.put(`${resource.resourceType}/${resource.id}`, resource)).status).toBe(201);
    }
    await server.put('Patient/undated', { resourceType: 'Patient', id: 'undated', birthDate: '1990' });
  });

  it('answers over the record with its doses and observations as over the same in a request', async () => {
    const given = await ask(requestOf(stored));
    const path = `Patient/stored/$immds-forecast?assessmentDate=${stored.assessmentDate}`;
    const { status, body } = await server.get(path);
    expect(status).toBe(200);
    const answer = readAnswer(body);
    expect(answer.entries.map((entry) => [groupOf(entry), entry.dateCriterion, entry.series])).toEqual(
      given.entries.map((entry) => [groupOf(entry), entry.dateCriterion, entry.series]),
    );
    expect(answer.evaluations).toHaveLength(given.evaluations.length);
    const posted = await server.post(
      'Patient/stored/$immds-forecast',
      parameters({ name: 'assessmentDate', valueDate: stored.assessmentDate }),
    );
    expect(posted.text).toBe((await server.get(path)).text);
  });

  it('leaves out what a person in the compartment observed of somebody else', async () => {
    await server.put('Observation/of-child', {
      resourceType: 'Observation',
      id: 'of-child',
      status: 'final',
      code: { coding: [{ system: 'http://snomed.info/sct', code: '77386006' }] },
      subject: { reference: 'Patient/child' },
      performer: [{ reference: 'Patient/stored' }],
    });
    const path = `Patient/stored/$immds-forecast?assessmentDate=${stored.assessmentDate}`;
    const { body } = await server.get(path);
    expect(codes([ofGroup(readAnswer(body), 'MMR').forecastStatus])).not.toContain('contraindicated');
  });

  it('assesses today where no day is given', async () => {
    const now = new Date();
    const { body } = await server.get('Patient/stored/$immds-forecast');
    const date = new Date(`${readAnswer(body).recommendation.date}T12:00:00`);
    expect(Math.abs(date.getTime() - now.getTime())).toBeLessThan(36 * 3600 * 1000);
  });

  it.each([
    ['Patient/nobody/$immds-forecast', 404],
    ['Patient/undated/$immds-forecast', 422],
    ['Patient/stored/$immds-forecast?assessmentDate=x', 400],
    ['Patient/stored/$immds-forecast?foo=1', 400],
    ['Patient/$immds-forecast', 404],
    ['Immunization/stored-1/$immds-forecast', 404],
  ])('answers %s with %i', async (path, status) => {
    const answer = await server.get(path);
    expect([answer.status, answer.body.resourceType]).toEqual([status, 'OperationOutcome']);
  });

  it('does not take another patient for the one of the record', async () => {
    const { status } = await server.post(
      'Patient/stored/$immds-forecast',
      parameters({ name: 'patient', resource: child }),
    );
    expect(status).toBe(400);
  });
});
