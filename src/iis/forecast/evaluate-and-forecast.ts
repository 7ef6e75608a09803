/** Evaluates a patient's doses and forecasts what is due, for every antigen (CDSi logic specification, chapter 4). */
import type { CalendarDate } from './calendar.ts';
import { evaluateSeries } from './evaluate/evaluate-series.ts';
import { organizeHistory } from './organize-history.ts';
import type { ForecastInput, Patient } from './patient.ts';
import { findContraindications } from './recommend/contraindications.ts';
import { findEvidenceOfImmunity } from './recommend/evidence-of-immunity.ts';
import type { AntigenFindings } from './recommend/forecast-need.ts';
import { forecastSeries } from './recommend/forecast-series.ts';
import { type DoseEvaluation, type PatientSeries, type SeriesWalk, seriesGroupsOf } from './series/patient-series.ts';
import type { Prioritized } from './series/prioritize.ts';
import { selectBest } from './series/select-best.ts';
import { selectRelevantSeries, selectStartableSeries } from './series/select-relevant.ts';
import type { AntigenSchedule, SupportingData, VaccineGroup } from './supporting-data.ts';
import { forecastVaccineGroup, type VaccineGroupForecast } from './vaccine-group/vaccine-group-forecast.ts';

/** All that was found for one antigen. */
export interface AntigenForecast {
  readonly antigen: string;
  readonly findings: AntigenFindings;
  /** The relevant series; where no dose of the antigen was given, those that could be started. */
  readonly patientSeries: readonly PatientSeries[];
  readonly bestSeries: readonly Prioritized[];
}

export interface Forecast {
  /** The version of the supporting data that it was made by. */
  readonly scheduleVersion: string;
  readonly patient: Patient;
  readonly antigens: readonly AntigenForecast[];
  /** The verdicts on each dose in the best series. */
  readonly evaluations: readonly DoseEvaluation[];
  /** One for each vaccine group and series group that has a best series. */
  readonly vaccineGroups: readonly VaccineGroupForecast[];
}

/** Nothing but its arguments decides: no clock, no order of the history. */
export function evaluateAndForecast(input: ForecastInput, supportingData: SupportingData): Forecast {
  const patient = organizeHistory(input, supportingData);
  const antigens = supportingData.antigens.map((schedule) => forecastAntigen(schedule, patient));
  const byAntigen = new Map(antigens.map((entry) => [entry.antigen, entry]));
  return {
    scheduleVersion: supportingData.version,
    patient,
    antigens,
    evaluations: antigens.flatMap(({ bestSeries }) => bestSeries.flatMap((best) => best.patientSeries.evaluations)),
    vaccineGroups: supportingData.vaccineGroups.flatMap((group) => forecastGroup(group, byAntigen, patient)),
  };
}

function forecastAntigen(schedule: AntigenSchedule, patient: Patient): AntigenForecast {
  const findings: AntigenFindings = {
    immunity: findEvidenceOfImmunity(schedule, patient),
    contraindications: findContraindications(schedule, patient),
  };
  const records = patient.records.get(schedule.antigen) ?? [];
  const completedGroups = new Map<string, CalendarDate>();
  const patientSeries: PatientSeries[] = [];
  const relevant = selectRelevantSeries(schedule, patient);
  for (const series of records.length > 0 ? relevant : selectStartableSeries(relevant)) {
    const walk = { patient, series, records, completedGroups, evaluations: [], targetDoses: [], next: 0 };
    const result = walkSeries(walk, findings);
    patientSeries.push(result);
    noteCompletion(completedGroups, result);
  }
  return { antigen: schedule.antigen, findings, patientSeries, bestSeries: selectBest(patientSeries, patient) };
}

/** A group is complete from the day on which the first of its series was. */
function noteCompletion(completed: Map<string, CalendarDate>, { series, forecast, targetDoses }: PatientSeries): void {
  const last = targetDoses.findLast(({ status }) => status === 'satisfied');
  if (forecast.status !== 'complete' || last?.status !== 'satisfied') return;
  completed.set(series.group, Math.min(completed.get(series.group) ?? last.dose.date, last.dose.date));
}

function walkSeries(walk: SeriesWalk, findings: AntigenFindings): PatientSeries {
  evaluateSeries(walk);
  const forecast = forecastSeries(walk, findings);
  const { series, evaluations, targetDoses, next } = walk;
  return {
    series,
    evaluations,
    targetDoses,
    remaining: series.doses.slice(next),
    validDoses: targetDoses.filter(({ status }) => status === 'satisfied').length,
    forecast,
  };
}

/** FORECASTVG-1: one forecast for each series group in which the vaccine group has a best series. */
function forecastGroup(
  group: VaccineGroup,
  byAntigen: ReadonlyMap<string, AntigenForecast>,
  patient: Patient,
): readonly VaccineGroupForecast[] {
  const best = group.antigens.flatMap((antigen) => byAntigen.get(antigen)?.bestSeries ?? []);
  const seriesGroups = seriesGroupsOf(best.map(({ patientSeries }) => patientSeries));
  return seriesGroups.map((seriesGroup) => {
    const isOwn = ({ patientSeries }: Prioritized) => patientSeries.series.group === seriesGroup;
    const bestSeries = seriesGroups.length === 1 ? best : best.filter(isOwn);
    return forecastVaccineGroup({ group, seriesGroup, bestSeries, patient });
  });
}
