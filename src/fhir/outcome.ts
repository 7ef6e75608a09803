/** OperationOutcome resources (FHIR R4, operationoutcome.html). */
import type { OutcomeIssue } from './error.ts';

export interface OperationOutcome {
  readonly resourceType: 'OperationOutcome';
  readonly issue: readonly OutcomeIssue[];
}

export const buildOutcome = (issues: readonly OutcomeIssue[]): OperationOutcome => ({
  resourceType: 'OperationOutcome',
  issue: issues,
});

/** An outcome that reports success or a remark. */
export const informational = (diagnostics: string): OperationOutcome =>
  buildOutcome([{ severity: 'information', code: 'informational', diagnostics }]);
