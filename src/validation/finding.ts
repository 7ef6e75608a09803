/** What a validation finds at one element, before a policy decides what becomes of it (FHIR R4, validation.html, operationoutcome.html). */
import type { IssueCode, OutcomeIssue } from '../fhir/error.ts';

/** The kind of rule that was broken; rules of one kind need those before it to hold. */
export type LayerName = 'structure' | 'primitive' | 'reference' | 'invariant' | 'binding' | 'profile' | 'quality';

export interface Finding {
  readonly severity: OutcomeIssue['severity'];
  readonly code: IssueCode;
  /** Which rule: the key of an invariant (`imm-1`, `us-core-6`) or a name of ours that does not change (`cardinality`). */
  readonly id: string;
  /** FHIRPath of the element at fault from the type's name, e.g. `Immunization.reaction[0].date`. */
  readonly expression: string;
  /** What is wrong and what to do, for a person; of the offending value only what is short and printable. */
  readonly message: string;
  readonly layer: LayerName;
}

/** A layer tells of this many at most: who has more than that to repair starts with these. */
export const MOST_FINDINGS = 1000;

/** Whether a finding makes the resource invalid; warnings and information do not. */
export const isError = ({ severity }: Finding): boolean => severity === 'error' || severity === 'fatal';

/** The system of the ids of findings. */
const FINDINGS = 'urn:jenner:CodeSystem:finding';

/** The issue of an OperationOutcome that tells of a finding. */
export const toIssue = ({ severity, code, id, message, expression }: Finding): OutcomeIssue => ({
  severity,
  code,
  details: { coding: [{ system: FINDINGS, code: id }] },
  diagnostics: `${message} (${id})`,
  expression: [expression],
});
