/** A forecast's answer in short: two with the same digest say the same about doses, dates and reasons (docs/forecast.md). */
import type { Forecast } from '../evaluate-and-forecast.ts';
import type { DoseEvaluation } from '../series/patient-series.ts';
import type { VaccineGroupForecast } from '../vaccine-group/vaccine-group-forecast.ts';

/** Whether a dose is due or overdue on the day that was assessed is part of the answer; the day itself is not. */
export function digestForecast({ vaccineGroups, evaluations, patient }: Forecast): string {
  const { assessmentDate, notEvaluated } = patient;
  const parts: (string | number | undefined)[] = [];
  for (const group of vaccineGroups) addGroup(parts, group, assessmentDate);
  for (const evaluation of evaluations) addEvaluation(parts, evaluation);
  for (const { given, reason } of notEvaluated) parts.push(given.id, reason);
  return parts.join('|');
}

function addGroup(parts: (string | number | undefined)[], group: VaccineGroupForecast, today: number): void {
  const { dates } = group;
  parts.push(group.vaccineGroup, group.seriesGroup, group.status, group.doseNumber);
  if (dates !== undefined) {
    parts.push(dates.earliest, dates.adjustedRecommended, dates.adjustedPastDue, dates.latest);
    parts.push(dates.adjustedRecommended <= today ? 1 : 0, (dates.adjustedPastDue ?? today) < today ? 1 : 0);
  }
  for (const { reason, because } of group.reasons) parts.push(reason, because);
  for (const { cvx } of group.recommendedVaccines) parts.push(cvx);
  for (const { patientSeries } of group.bestSeries) parts.push(patientSeries.series.name);
}

function addEvaluation(parts: (string | number | undefined)[], evaluation: DoseEvaluation): void {
  const { dose, series, status, targetDoseNumber, reasons } = evaluation;
  parts.push(dose.given.id, series.name, status, targetDoseNumber);
  for (const { code, limit, reference } of reasons) parts.push(code, limit, reference);
}
