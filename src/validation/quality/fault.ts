/** One thing that is not as the registry expects it, by a rule with a stable id. */
import type { Finding } from '../finding.ts';

export interface Fault {
  /** `DQ-…`, as docs/profiles.md lists them. */
  readonly id: string;
  readonly severity: 'error' | 'warning' | 'information';
  /** Path from the resource: `lotNumber`. */
  readonly element: string;
  readonly message: string;
}

/** A rule; undefined where it holds, or where what it is about is not there. */
export type QualityRule<Subject> = (subject: Subject) => Fault | undefined;

type Words = Omit<Fault, 'severity'>;

export const invalid = (words: Words): Fault => ({ ...words, severity: 'error' });
export const doubtful = (words: Words): Fault => ({ ...words, severity: 'warning' });
export const noted = (words: Words): Fault => ({ ...words, severity: 'information' });

export const toFinding = ({ id, severity, element, message }: Fault, place: string): Finding => ({
  id,
  severity,
  code: severity === 'information' ? 'informational' : 'business-rule',
  expression: `${place}.${element}`,
  message,
  layer: 'quality',
});
