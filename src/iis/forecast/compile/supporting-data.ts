/** Compiles a release of CDC's supporting data and checks that its files fit together (CDSi logic specification, chapter 3). */
import type { AntigenSchedule, AntigenSeries, Schedule, SupportingData } from '../supporting-data.ts';
import { compileAntigen } from './antigen.ts';
import { unknownValue } from './fields.ts';
import { compileSchedule } from './schedule.ts';

/** The texts of a release's files. */
export interface SupportingDataFiles {
  readonly version: string;
  readonly schedule: string;
  readonly antigens: readonly string[];
}

/** @throws Error that names the value where the release says something this compiler doesn't know. */
export function compileSupportingData({ version, schedule, antigens }: SupportingDataFiles): SupportingData {
  const compiled = compileSchedule(schedule);
  const byAntigen = antigens.map(compileAntigen).toSorted((a, b) => (a.antigen < b.antigen ? -1 : 1));
  for (const antigen of byAntigen) checkAntigen(antigen, compiled);
  checkSeriesGroups(byAntigen, compiled);
  return { version, ...compiled, antigens: byAntigen };
}

function checkAntigen(antigen: AntigenSchedule, { vaccineGroups, observations }: Schedule): void {
  for (const series of antigen.series) {
    const group = vaccineGroups.find(({ name }) => name === series.vaccineGroup);
    if (!group?.antigens.includes(series.antigen)) throw unknownValue('a vaccine group', series.vaccineGroup);
    for (const { code } of series.indications) {
      if (!observations.has(code)) throw unknownValue('an observation code', code);
    }
    checkDoses(series);
  }
}

/** Doses are numbered from 1 without a gap: interval references count on it. */
function checkDoses({ name, doses }: AntigenSeries): void {
  if (doses.some(({ number }, index) => number !== index + 1)) throw unknownValue('the dose numbers of a series', name);
}

/** Several antigens are blended by series group, and only risk with risk (9): such a group holds one or the other. */
function checkSeriesGroups(antigens: readonly AntigenSchedule[], { vaccineGroups }: Schedule): void {
  const blended = new Set(vaccineGroups.filter((group) => group.antigens.length > 1).map(({ name }) => name));
  const isRisk = new Map<string, boolean>();
  for (const { name, vaccineGroup, group, type } of antigens.flatMap(({ series }) => series)) {
    const key = `${vaccineGroup} ${group}`;
    const isMixed = (isRisk.get(key) ?? type === 'risk') !== (type === 'risk');
    if (isMixed && blended.has(vaccineGroup)) throw unknownValue('a series of its group', name);
    isRisk.set(key, type === 'risk');
  }
}
