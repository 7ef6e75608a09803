/** The patients that a page offers: found by criteria for staff, their own for others (SMART App Launch 2.2, launch/patient). */
import { FhirError } from '../fhir/error.ts';
import type { PatientChoice } from './pages/patient-page.ts';
import type { PatientCriteria, Patients } from './patients.ts';
import { isStaff, type User } from './users.ts';

type Offer = Pick<PatientChoice, 'found' | 'criteria' | 'problem'>;

export const readCriteria = (form: URLSearchParams): PatientCriteria => ({
  name: form.get('name') ?? '',
  birthDate: form.get('birthdate') ?? '',
  identifier: form.get('identifier') ?? '',
});

export async function findPatients(patients: Patients, user: User, criteria?: PatientCriteria): Promise<Offer> {
  if (!isStaff(user)) return { found: await patients.recordsOf(user) };
  if (!criteria) return {};
  try {
    return { criteria, found: await patients.search(criteria) };
  } catch (error) {
    if (!(error instanceof FhirError) || error.status >= 500) throw error;
    return { criteria, problem: 'Write a birth date like 2021-05-09, and names and numbers without special signs.' };
  }
}
