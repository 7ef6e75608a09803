/** Ways in which something hidden could show itself all the same: includes, histories, derived answers, odd requests. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toContent } from '../../../src/fhir/resource-content.ts';
import { asPatient, asStaff, asSystem } from '../../support/issuer.ts';
import { recordOf, startWorld, store, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld([...recordOf('a'), ...recordOf('b')]);
});
afterAll(() => world.server.close());

type Entries = { body: { entry?: { resource: { id: string }; search: { mode: string } }[] } };
const included = ({ body }: Entries) =>
  (body.entry ?? [])
    .filter(({ search }) => search.mode === 'include')
    .map(({ resource }) => resource.id)
    .sort();

describe('what a search includes', () => {
  const include =
    'Immunization?_include=Immunization:location&_include=Immunization:performer&_include=Immunization:patient';

  it.each([
    ['r', ['site']],
    ['s', ['site']],
    ['c', []],
  ])('needs r or s of what is referred to; with %s it finds %j (SCO-13)', async (letter, found) => {
    const as = await world.as(asPatient('a', `patient/Immunization.s patient/Location.${letter}`));
    expect(included(await as.get(include))).toEqual(found);
  });

  it.each([
    ['r', []],
    ['s', ['imm-a']],
  ])('needs s of what refers; with %s it finds %j (SCO-13)', async (letter, found) => {
    const as = await world.as(asPatient('a', `patient/Patient.rs patient/Immunization.${letter}`));
    expect(included(await as.get('Patient?_revinclude=Immunization:patient'))).toEqual(found);
  });

  it('is of the patient in context, whatever the clinician may see of others (SCO-08)', async () => {
    const as = await world.as(asStaff('patient/Observation.rs user/Patient.rs', 'a'));
    expect(included(await as.get('Patient?_revinclude=Observation:subject'))).toEqual(['lab-a', 'vital-a']);
  });

  it('is not crowded out by what is hidden (SRC-04)', async () => {
    const hidden = Array.from({ length: 1100 }, (_, index) => {
      const json = { ...recordOf('b')[1], id: `crowd-${String(index).padStart(4, '0')}` };
      return toContent(JSON.stringify(json), json);
    });
    await world.server.jenner.insertResources('Immunization', hidden);
    const as = await world.as(asPatient('a'));
    const answer = await as.get('Practitioner?_id=staff&_revinclude=Immunization:performer');
    expect(included(answer)).toEqual(['imm-a']);
    expect(answer.text).not.toContain('"mode":"outcome"');
  });
});

describe('the history of a resource that was somebody else’s for a while', () => {
  it('shows each patient their own versions alone (SRC-13)', async () => {
    const dose = (patient: string, lotNumber: string) => ({
      ...recordOf(patient)[1],
      resourceType: 'Immunization',
      id: 'moved',
      lotNumber,
    });
    for (const [patient, lot] of [
      ['a', '1'],
      ['a', '2'],
      ['b', '3'],
      ['b', '4'],
    ] as const) {
      await store(world.server, [dose(patient, lot)]);
    }
    const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((id) => world.as(asPatient(id))));
    const versions = async (as: typeof a) => {
      const { body } = (await as?.get('Immunization/moved/_history')) ?? { body: {} };
      return (body.entry ?? []).map(({ resource }: { resource: { lotNumber: string } }) => resource.lotNumber);
    };
    expect([await versions(a), await versions(b)]).toEqual([
      ['2', '1'],
      ['4', '3'],
    ]);
    expect((await a?.get('Immunization/moved'))?.status).toBe(404);
    expect((await a?.get('Immunization/moved/_history/3'))?.status).toBe(404);
    expect((await b?.get('Immunization/moved/_history/2'))?.status).toBe(404);
    expect((await c?.get('Immunization/moved/_history'))?.status).toBe(403);
    await world.server.jenner.ports.persistence.deleteResource({ resourceType: 'Immunization', id: 'moved' });
    expect((await a?.get('Immunization/moved'))?.status).toBe(404);
    expect((await b?.get('Immunization/moved'))?.status).toBe(410);
    expect((await a?.get('Immunization/_history?_count=1000'))?.text).not.toContain('DELETE');
  });
});

describe('a forecast', () => {
  it('is made of the doses that the token shows (SRC-18)', async () => {
    const scope = 'patient/Patient.rs patient/Immunization.rs?vaccine-code=08';
    const as = await world.as(asPatient('a', scope));
    const ask = async () => (await as.get('Patient/a/$immds-forecast?assessmentDate=2025-01-01')).text;
    const before = await ask();
    expect(before).toContain('ImmunizationRecommendation');
    const coding = [{ system: 'http://hl7.org/fhir/sid/cvx', code: '03' }];
    await store(world.server, [
      { ...recordOf('a')[1], resourceType: 'Immunization', id: 'hidden', vaccineCode: { coding } },
    ]);
    expect(await ask()).toBe(before);
  });

  it('needs the right to the doses that it is made of', async () => {
    const as = await world.as(asPatient('a', 'patient/Patient.rs'));
    expect((await as.get('Patient/a/$immds-forecast')).status).toBe(403);
  });
});

describe('a scope of everything', () => {
  it.each(['$expunge', '$reindex', 'Patient/$export', '$export'])(
    'does not bring %s into being (SCO-06)',
    async (name) => {
      const as = await world.as(asSystem());
      expect((await as.post(name, { resourceType: 'Parameters' })).status).toBe(404);
    },
  );
});

describe('a page link', () => {
  it('that is made up, altered or huge is refused (DOS-08)', async () => {
    const as = await world.as(asSystem());
    const { body } = await as.get('Immunization?_count=1');
    const next: string = body.link.find(({ relation }: { relation: string }) => relation === 'next').url;
    const cursor = /_cursor=([\w-]+)/.exec(next)?.[1] ?? '';
    const cursors = Array.from({ length: 60 }, (_, at) => {
      const other = cursor.charAt(at) === 'A' ? 'B' : 'A';
      return `${cursor.slice(0, at)}${other}${cursor.slice(at + 1)}`;
    });
    for (const wrong of [...cursors, '', 'x', '__proto__', 'A'.repeat(8000), cursor.slice(1), `${cursor}${cursor}`]) {
      expect((await as.get(`Immunization?_count=1&_cursor=${wrong}`)).status).toBe(400);
    }
    for (const wrong of ['x', '1_X_1', 'zzzzzzzzzzzz_Patient_1', '%00']) {
      expect((await as.get(`Immunization/_history?_cursor=${wrong}`)).status).toBe(400);
    }
  });
});

describe('a body of another type', () => {
  it.each([
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'text/plain',
    'application/octet-stream',
    'text/html',
  ])('%s is refused (INJ-08)', async (type) => {
    const as = await world.as(asPatient('a'));
    const answer = await fetch(`${world.server.base}/Observation`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${as.token}`, 'Content-Type': type },
      body: 'resourceType=Observation',
    });
    expect(answer.status).toBe(415);
  });

  it.each([
    '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><Observation xmlns="http://hl7.org/fhir"><id value="&e;"/></Observation>',
    '<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd"><Observation xmlns="http://hl7.org/fhir"/>',
    '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><Observation xmlns="http://hl7.org/fhir"><id value="&b;"/></Observation>',
  ])('that is XML opens nothing: %s (INJ-08)', async (body) => {
    const as = await world.as(asPatient('a'));
    const answer = await fetch(`${world.server.base}/Observation`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${as.token}`, 'Content-Type': 'application/fhir+xml' },
      body,
    });
    expect(answer.status).toBe(400);
    expect(await answer.text()).not.toContain('root:');
  });
});
