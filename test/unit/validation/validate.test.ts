/** The order of the layers, and where a bulk validation stops. */
import { describe, expect, it } from 'vitest';
import { type Finding, toIssue } from '../../../src/validation/finding.ts';
import { createValidator, type Validate } from '../../../src/validation/validate.ts';

const finding = (id: string, severity: Finding['severity']): Finding => ({
  severity,
  code: 'invariant',
  id,
  expression: 'Patient',
  message: 'It does not hold.',
  layer: 'invariant',
});
const layer =
  (...findings: Finding[]): Validate =>
  () =>
    findings;
const layers = [layer(finding('a', 'warning')), layer(), layer(finding('b', 'error')), layer(finding('c', 'error'))];
const idsIn = (mode: 'bulk' | 'full') => createValidator(layers)({}, { mode }).map(({ id }) => id);

describe('a validation', () => {
  it('gathers what every layer finds', () => {
    expect(idsIn('full')).toEqual(['a', 'b', 'c']);
  });

  it('stops in bulk after the first layer that finds an error, not at warnings', () => {
    expect(idsIn('bulk')).toEqual(['a', 'b']);
  });

  it('tells the rule and the element of a finding in the issue of an outcome', () => {
    expect(toIssue(finding('pat-1', 'error'))).toEqual({
      severity: 'error',
      code: 'invariant',
      details: { coding: [{ system: 'urn:jenner:CodeSystem:finding', code: 'pat-1' }] },
      diagnostics: 'It does not hold. (pat-1)',
      expression: ['Patient'],
    });
  });
});
