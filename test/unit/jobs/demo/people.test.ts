import type { Condition, Immunization, Observation, Patient, Resource } from '@medplum/fhirtypes';
import { beforeAll, describe, expect, it } from 'vitest';
import { casesToPeople, personUnit, type SyntheticPerson } from '../../../../src/jobs/demo/people.ts';
import type { ReferenceTables } from '../../../../src/jobs/demo/reference-tables.ts';
import type { TestCase } from '../../../../src/jobs/demo/test-cases.ts';
import { realCases } from './support.ts';

let cases: readonly TestCase[];
let tables: ReferenceTables;
let people: readonly SyntheticPerson[];

beforeAll(async () => {
  ({ cases, tables } = await realCases());
  people = casesToPeople(cases, tables);
});

const ofType = <T extends Resource>(person: SyntheticPerson | undefined, type: T['resourceType']): readonly T[] =>
  (person?.resources ?? []).filter((resource): resource is T => resource.resourceType === type);
const personOf = (id: string) => people.find(({ testCase }) => testCase.id === id);
const allOf = <T extends Resource>(type: T['resourceType']) => people.flatMap((person) => ofType<T>(person, type));

describe('people made of test cases', () => {
  it('are one Patient per case with its birth date, gender and id', () => {
    expect(people).toHaveLength(810);
    for (const person of people) {
      const [patient, ...others] = ofType<Patient>(person, 'Patient');
      expect(others).toEqual([]);
      expect(patient).toMatchObject({
        birthDate: person.testCase.dob,
        gender: person.testCase.gender === 'F' ? 'female' : 'male',
      });
      expect(patient?.identifier).toContainEqual({
        use: 'secondary',
        system: 'urn:jenner:cdc-cdsi-test-case',
        value: person.testCase.id,
      });
    }
  });

  it('have one Immunization per dose given, with its code and exact date', () => {
    for (const person of people) {
      const doses = person.testCase.doses.filter(({ cvx }) => cvx !== null);
      const recorded = ofType<Immunization>(person, 'Immunization').map((one) => [
        one.vaccineCode?.coding?.[0]?.system,
        one.vaccineCode?.coding?.[0]?.code,
        one.occurrenceDateTime,
        one.manufacturer?.identifier?.value ?? null,
        one.status,
      ]);
      expect(recorded).toEqual(
        doses.map(({ cvx, mvx, dateAdministered }) => [
          'http://hl7.org/fhir/sid/cvx',
          cvx,
          dateAdministered,
          mvx,
          'completed',
        ]),
      );
    }
    expect(allOf('Immunization')).toHaveLength(1694);
  });

  it('make no dose of an empty slot of the workbook', () => {
    expect(personOf('2021-UC-0001')?.testCase.doses).toHaveLength(1);
    expect(ofType(personOf('2021-UC-0001'), 'Immunization')).toEqual([]);
  });

  it('name every vaccine and manufacturer in the words of CDC', () => {
    for (const { vaccineCode, manufacturer } of allOf<Immunization>('Immunization')) {
      const { code, display } = vaccineCode?.coding?.[0] ?? {};
      expect(display).toBe(tables.vaccines.get(code ?? '')?.display);
      const mvx = manufacturer?.identifier?.value;
      expect(manufacturer?.display).toBe(mvx && tables.manufacturers.get(mvx));
    }
  });

  it('carry each observation with its CDSi code and date, persisting disorders as problems', () => {
    const count = cases.reduce((sum, { observations }) => sum + observations.length, 0);
    expect(allOf('Condition').length + allOf('Observation').length).toBe(count);
    for (const person of people) {
      const coded = [...ofType<Condition>(person, 'Condition'), ...ofType<Observation>(person, 'Observation')];
      const codes = coded.map(
        ({ code }) => code?.coding?.find(({ system }) => system === 'urn:jenner:cdsi-observation')?.code,
      );
      expect([...codes].sort()).toEqual(person.testCase.observations.map(({ code }) => code).sort());
    }
    expect(ofType<Condition>(personOf('2025-UC-0022'), 'Condition')[0]?.code?.coding?.[0]).toEqual({
      system: 'http://snomed.info/sct',
      code: '40108008',
      display: 'Thalassemia (disorder)',
    });
    const dated = allOf<Observation>('Observation').filter(({ effectiveDateTime }) => effectiveDateTime);
    expect(dated.map(({ code }) => code?.coding?.[0]?.code).sort()).toEqual(
      ['024', '120', '170', '171', '171', '171', '171', '171', '211', '211', '211'].sort(),
    );
  });

  it('keep what happened once out of the problem list', () => {
    const problems = allOf<Condition>('Condition').map(({ code }) => code?.text ?? '');
    expect(problems.filter((text) => /reaction|history/i.test(text))).toEqual([]);
    expect(problems).toContain('Asthma');
  });

  it('are the same, byte for byte, on every run and whatever the other cases are', () => {
    const again = casesToPeople([...cases].reverse(), tables).toReversed();
    expect(again.map((person) => JSON.stringify(person.resources))).toEqual(
      people.map((person) => JSON.stringify(person.resources)),
    );
    expect(personOf('2013-0002')?.resources[0]?.id).toBe('8311ca7b-156d-5dea-8ff3-af87c3436b6f');
  });

  it('have ids and registry numbers that no two of them share', () => {
    const ids = people.flatMap(({ resources }) => resources.map(({ resourceType, id }) => `${resourceType}/${id}`));
    expect(new Set(ids).size).toBe(ids.length);
    const numbers = allOf<Patient>('Patient').flatMap(({ identifier }) =>
      (identifier ?? []).map(({ system, value }) => `${system}|${value}`),
    );
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  it('meet what US Core asks of a Patient and an Immunization', () => {
    for (const { identifier, name, gender, meta } of allOf<Patient>('Patient')) {
      expect(meta?.profile).toEqual(['http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient']);
      expect(identifier?.every(({ system, value }) => system && value)).toBe(true);
      expect(name?.[0]?.family && name[0].given?.[0] && gender).toBeTruthy();
    }
    for (const immunization of allOf<Immunization & { _primarySource?: unknown }>('Immunization')) {
      const { status, vaccineCode, patient, occurrenceDateTime, primarySource, _primarySource } = immunization;
      expect(status && vaccineCode && patient && occurrenceDateTime).toBeTruthy();
      expect((primarySource ?? _primarySource) !== undefined).toBe(true);
    }
  });

  it('leave out what nobody knows and say so in its place', () => {
    const absent = { extension: [expect.objectContaining({ valueCode: expect.stringMatching(/unknown/) })] };
    const withoutSource = allOf<Immunization & { _primarySource?: unknown }>('Immunization').filter(
      ({ primarySource }) => primarySource === undefined,
    );
    expect(withoutSource.length).toBeGreaterThan(0);
    for (const { _primarySource } of withoutSource) expect(_primarySource).toEqual(absent);
    const withoutPhone = allOf<Patient>('Patient').filter(({ telecom }) => telecom?.[0]?.value === undefined);
    expect(withoutPhone.length).toBeGreaterThan(0);
    for (const { telecom } of withoutPhone) expect(telecom?.[0]).toHaveProperty('_value', absent);
  });

  it('got a vaccine by mouth or nose at no site of injection, and infants into the thigh', () => {
    const given = allOf<Immunization>('Immunization');
    const siteOf = ({ site }: Immunization) => site?.coding?.[0]?.code;
    const byRoute = (code: string) => given.filter(({ route }) => route?.coding?.[0]?.code === code);
    expect(new Set(byRoute('PO').map(siteOf))).toEqual(new Set([undefined]));
    expect(new Set(byRoute('NS').map(siteOf))).toEqual(new Set(['BN']));
    const infants = people.filter(({ testCase }) => testCase.dob >= '2024-12-01');
    const injected = infants
      .flatMap((person) => ofType<Immunization>(person, 'Immunization'))
      .filter(({ route }) => route?.coding?.[0]?.code === 'IM');
    expect(new Set(injected.map(siteOf))).toEqual(new Set(['LT', 'RT']));
  });

  it('have a responsible person while they are children', () => {
    for (const person of people) {
      const birthday18 = `${Number(person.testCase.dob.slice(0, 4)) + 18}${person.testCase.dob.slice(4)}`;
      const expected = person.testCase.assessmentDate < birthday18 ? 1 : 0;
      expect(ofType(person, 'RelatedPerson')).toHaveLength(expected);
    }
  });

  it('become one transaction each, the Patient first, every entry a put under its own id', () => {
    const [person] = people;
    if (!person) throw new Error('there are no people');
    const unit = personUnit(person);
    expect(unit.atomic).toBe(true);
    expect(unit.entries.map(({ request }) => request)).toEqual(
      person.resources.map(({ resourceType, id }) => ({ method: 'PUT', url: `${resourceType}/${id}` })),
    );
    expect(unit.entries[0]?.resourceType).toBe('Patient');
  });
});
