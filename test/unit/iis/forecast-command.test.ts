import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { forecastCommand } from '../../../src/forecast-command.ts';

const root = new URL('../../../', import.meta.url);
const folder = mkdtempSync(join(tmpdir(), 'jenner-forecast-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

const infant = (id: string, earliestDate: string) => ({
  id,
  name: 'An infant without doses',
  dob: '2025-01-01',
  gender: 'F',
  seriesStatus: 'Not complete',
  doses: [],
  earliestDate,
  recommendedDate: '2025-03-01',
  pastDueDate: null,
  assessmentDate: '2025-02-01',
  normalized: { vaccineGroup: 'Rotavirus', seriesStatus: 'Not Complete', forecastDoseNumber: 1 },
});

async function run(...args: readonly string[]) {
  const written: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  const code = await forecastCommand(args, root);
  vi.restoreAllMocks();
  return { code, lines: written.join('').trimEnd().split('\n') };
}

const file = join(folder, 'cases.json');
writeFileSync(file, JSON.stringify({ cases: [infant('one', '2025-02-12'), infant('two', '2025-02-13')] }));

describe('the command forecast', () => {
  it('shows the differing fields of each failing case and ends with the sums', async () => {
    expect(await run('--schedule', '4.64', '--cases', file)).toEqual({
      code: 1,
      lines: [
        'two Rotavirus: An infant without doses',
        '  earliest date: expected 2025-02-13, got 2025-02-12',
        '1 passed, 1 failed',
      ],
    });
  });

  it('answers 0 where all cases pass, with the newest schedule unless one is named', async () => {
    const passing = join(folder, 'passing.json');
    writeFileSync(passing, JSON.stringify({ cases: [infant('one', '2025-02-12')] }));
    expect(await run('--cases', passing)).toEqual({ code: 0, lines: ['1 passed, 0 failed'] });
  });

  it('explains a case', async () => {
    const { code, lines } = await run('--schedule', '4.64', '--cases', file, '--explain', 'one');
    expect(code).toBe(0);
    expect(lines).toContain('Rotavirus: Rotavirus 3-dose series (the default series: none can be compared).');
  });

  it.each([
    ['no cases', [], 'Say which cases to run'],
    ['an unknown option', ['--bogus'], "Unknown option '--bogus'"],
    [
      'a schedule that is not there',
      ['--schedule', '1.0', '--cases', file],
      'There is no schedule 1.0; there are 4.64, 4.65.',
    ],
    ['a file that is not there', ['--cases', join(folder, 'none.json')], "can't be read as test cases"],
    ['a case that is not there', ['--cases', file, '--explain', 'three'], 'There is no case three.'],
  ])('refuses %s', async (_what, args, message) => {
    await expect(run(...args)).rejects.toThrow(message);
  });

  it('refuses a file without cases', async () => {
    const empty = join(folder, 'empty.json');
    writeFileSync(empty, '{}');
    await expect(run('--cases', empty)).rejects.toThrow('has no list of cases');
  });
});
