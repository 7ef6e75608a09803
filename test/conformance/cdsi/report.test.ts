/** The report of CDC's test cases in docs/conformance.md. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { CONFORMANCE_FILE, withCdsiReport } from '../../../src/cdsi-report.ts';
import { projectRoot } from '../../../src/project-root.ts';

describe('the report of CDC’s test cases', () => {
  it('is fresh; where not, run `npm run generate` and commit it', async () => {
    const root = projectRoot();
    const committed = await readFile(new URL(CONFORMANCE_FILE, root), 'utf8');
    expect(committed).toBe(await withCdsiReport(committed, root));
    expect(committed).toMatch(/\| \*\*total\*\* \| \d+\/606 \| \d+\/204 \|/);
  });

  it('has a place of its own in the file, and nothing is written where there is none', async () => {
    await expect(withCdsiReport('# Another file', projectRoot())).rejects.toThrow('no place');
  });
});
