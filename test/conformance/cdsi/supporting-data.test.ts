/** The releases of CDC's supporting data are CDC's bytes, and the compiler takes all of each. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { listSchedules, loadSchedule } from '../../../src/definitions/cdsi-supporting-data.ts';

const root = new URL('../../../', import.meta.url);

function checksums(version: string): readonly (readonly [file: string, expected: string, actual: string])[] {
  const folder = new URL(`data/cdsi/supporting-data/${version}/`, root);
  const lines = readFileSync(new URL('SHA256SUMS', folder), 'utf8').trim().split('\n');
  return lines.map((line) => {
    const [, expected = '', file = ''] = /^([\da-f]{64}) {2}(.+)$/.exec(line) ?? [];
    const content = readFileSync(new URL(encodeURIComponent(file), folder));
    return [file, expected, createHash('sha256').update(content).digest('hex')];
  });
}

const counted = { '4.64': { series: 143, doses: 484, vaccines: 218, observations: 277 } };
const newest = { '4.65': { series: 150, doses: 506, vaccines: 219, observations: 278 } };
const releases = Object.entries({ ...counted, ...newest });

describe('the releases of the supporting data', () => {
  it('are listed oldest first', async () => {
    expect(await listSchedules(root)).toEqual(['4.64', '4.65']);
  });

  it.each(releases)('of version %s are byte for byte what CDC published', (version) => {
    const files = checksums(version);
    expect(files).toHaveLength(33);
    expect(files.filter(([, expected, actual]) => expected !== actual)).toEqual([]);
  });

  it.each(releases)(
    'of version %s compile to all their series, doses, vaccines and observations',
    async (version, counts) => {
      const { antigens, vaccines, observations, vaccineGroups } = await loadSchedule(root, version);
      const series = antigens.flatMap((antigen) => antigen.series);
      expect(antigens).toHaveLength(30);
      expect(vaccineGroups).toHaveLength(26);
      expect({
        series: series.length,
        doses: series.flatMap(({ doses }) => doses).length,
        vaccines: vaccines.size,
        observations: observations.size,
      }).toEqual(counts);
    },
  );

  it.each(releases)('of version %s name only vaccines that map to the antigen they are given for', async (version) => {
    const { antigens, vaccines } = await loadSchedule(root, version);
    const strays = antigens.flatMap(({ antigen, series }) =>
      series
        .flatMap(({ doses }) => doses.flatMap(({ preferableVaccines }) => preferableVaccines))
        .filter(({ cvx }) => !vaccines.get(cvx)?.associations.some((association) => association.antigen === antigen))
        .map(({ cvx }) => `${antigen} ${cvx}`),
    );
    expect(strays).toEqual([]);
  });
});
