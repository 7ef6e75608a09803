/** Observations of a test case as Condition or Observation (CDSi supporting data: coded observations). */

import type { Coding, Condition, Observation, Patient } from '@medplum/fhirtypes';
import { concept, referenceTo } from './concepts.ts';
import { demonstrationId } from './draw.ts';
import { markedMeta } from './mark.ts';
import { subjectOf } from './patient.ts';
import type { ObservationConcept, SnomedConcept } from './reference-tables.ts';
import type { CaseObservation, TestCase } from './test-cases.ts';

/** The system of CDSi's observation codes, which have no URI of their own. */
const CDSI_OBSERVATION_SYSTEM = 'urn:jenner:cdsi-observation';

/** What happened once is observed, not a problem that persists, even where its SNOMED CT concept is a disorder. */
const PAST_EVENT = /history|reaction|not attributable|evidence of/i;

/** A disorder that persists becomes an entry of the problem list, anything else an observation that holds true. */
export function buildUnderlyingCondition(
  observation: CaseObservation,
  { testCase, patient }: { readonly testCase: TestCase; readonly patient: Patient },
  concepts: ReadonlyMap<string, ObservationConcept>,
): Condition | Observation {
  const known = concepts.get(observation.code);
  const title = known?.title ?? observation.text;
  const cdsi: Coding = { system: CDSI_OBSERVATION_SYSTEM, code: observation.code, display: title };
  const id = demonstrationId(`${subjectOf(testCase)}/observation/${observation.number}`);
  const disorder = PAST_EVENT.test(title) ? undefined : conceptOf(known, 'disorder');
  const of = { id, text: observation.text, date: observation.date, subject: referenceTo(patient) };
  if (disorder) return toCondition([snomed(disorder), cdsi], of);
  const finding = conceptOf(known, 'finding');
  return toObservation(finding ? [cdsi, snomed(finding)] : [cdsi], of);
}

const conceptOf = (known: ObservationConcept | undefined, kind: string): SnomedConcept | undefined =>
  known?.snomed?.find((candidate) => candidate.kind === kind);

const snomed = ({ code, display }: SnomedConcept): Coding => ({ system: 'http://snomed.info/sct', code, display });

interface Particulars {
  readonly id: string;
  readonly text: string;
  readonly date: string | null;
  readonly subject: NonNullable<Condition['subject']>;
}

const terminology = (system: string): string => `http://terminology.hl7.org/CodeSystem/${system}`;

const toCondition = (coding: Coding[], { id, text, date, subject }: Particulars): Condition => ({
  resourceType: 'Condition',
  id,
  meta: markedMeta({}),
  clinicalStatus: concept(terminology('condition-clinical'), 'active', 'Active'),
  verificationStatus: concept(terminology('condition-ver-status'), 'confirmed', 'Confirmed'),
  category: [concept(terminology('condition-category'), 'problem-list-item', 'Problem List Item')],
  code: { coding, text },
  subject,
  ...(date === null ? {} : { onsetDateTime: date }),
});

const toObservation = (coding: Coding[], { id, text, date, subject }: Particulars): Observation => ({
  resourceType: 'Observation',
  id,
  meta: markedMeta({}),
  status: 'final',
  code: { coding, text },
  subject,
  ...(date === null ? {} : { effectiveDateTime: date }),
  valueBoolean: true,
});
