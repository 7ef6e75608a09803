import { describe, expect, it } from 'vitest';
import {
  demographics,
  immunization,
  immunizationArrivedAt,
  immunizationId,
  medicalRecordNumber,
  patient,
  patientArrivedAt,
  patientId,
} from '../../../bench/population.ts';
import { isLogicalId } from '../../../src/fhir/resource-content.ts';

const people = Array.from({ length: 300 }, (_, person) => person);

describe('the population', () => {
  it('is the same in every run', () => {
    expect(patient(7)).toEqual(patient(7));
    expect(immunization(7, 3, 'Patient/a')).toEqual(immunization(7, 3, 'Patient/a'));
    expect(patientId(7)).toBe(patientId(7));
  });

  it('gives everyone and every dose an id of their own', () => {
    const ids = people.flatMap((person) => [
      patientId(person),
      ...Array.from({ length: 10 }, (_, dose) => immunizationId(person, dose)),
    ]);
    expect(new Set(ids).size).toBe(people.length * 11);
    expect(ids.filter((id) => !isLogicalId(id))).toEqual([]);
  });

  it('gives ids that follow the order of arrival, as those of the server do', () => {
    const inOrder = people.map((person) => ({ id: patientId(person), at: patientArrivedAt(person).getTime() }));
    const byId = [...inOrder].sort((a, b) => (a.id < b.id ? -1 : 1));
    expect(byId).toEqual(inOrder);
    expect(immunizationArrivedAt(0, 9).getTime()).toBeLessThan(patientArrivedAt(1).getTime());
  });

  it('lets people be found by what is in their record', () => {
    for (const person of people) {
      const { family, birthDate } = demographics(person);
      const record = patient(person);
      expect(record.name?.[0]?.family).toBe(family);
      expect(record.birthDate).toBe(birthDate);
      expect(record.identifier?.[0]?.value).toBe(medicalRecordNumber(person));
    }
  });

  it('has doses of the size that registries send', () => {
    const sizes = people.map(
      (person) => JSON.stringify(immunization(person, 0, `Patient/${patientId(person)}`)).length,
    );
    expect(Math.min(...sizes)).toBeGreaterThan(1400);
    expect(Math.max(...sizes)).toBeLessThan(2000);
  });

  it('spreads birth dates and family names, so that searching by them finds few', () => {
    const names = new Set(people.map((person) => demographics(person).family));
    const dates = new Set(people.map((person) => demographics(person).birthDate));
    expect(names.size).toBeGreaterThan(150);
    expect(dates.size).toBeGreaterThan(250);
  });
});
