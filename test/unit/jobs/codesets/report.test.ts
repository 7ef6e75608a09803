/** What an import says to people. */
import { describe, expect, it } from 'vitest';
import { formatImport } from '../../../../src/jobs/codesets/report.ts';

const change = {
  set: 'CodeSystem/cvx',
  url: 'http://hl7.org/fhir/sid/cvx',
  title: 'CVX',
  from: '2025-11-19',
  to: '2026-03-02',
  codes: 1289,
  added: ['340'],
  changed: Array.from({ length: 14 }, (_, index) => String(index + 10)),
  retired: [],
};

describe('the report of an import', () => {
  it('names the sets, their editions, the first of many codes, and the doses by code', () => {
    const affected = [
      { system: change.url, code: '340', doses: 1234 },
      { system: change.url, code: '10', doses: undefined },
    ];
    expect(formatImport({ dryRun: false, changes: [change], unchanged: ['CodeSystem/mvx'], affected })).toBe(
      [
        'In force now:',
        'CodeSystem/cvx  CVX, edition 2025-11-19 → 2026-03-02, 1,289 codes',
        '  added (1): 340',
        '  changed (14): 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, and 2 more',
        'Unchanged: CodeSystem/mvx',
        'Stored doses that carry these codes, by code:',
        '  http://hl7.org/fhir/sid/cvx|340: 1,234',
        '  http://hl7.org/fhir/sid/cvx|10: too many to count in time',
      ].join('\n'),
    );
  });

  it('says that nothing was written, that nothing changes, and that no dose is concerned', () => {
    const dry = formatImport({ dryRun: true, changes: [change], unchanged: [], affected: [] });
    expect(dry).toContain('Nothing was written');
    expect(dry).toContain('No stored dose');
    expect(formatImport({ dryRun: false, changes: [], unchanged: ['CodeSystem/cvx'], affected: [] })).toBe(
      'Everything in the files is in force already.',
    );
  });
});
