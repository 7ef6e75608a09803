/** Which of several forecasts of one vaccine group speaks first, and how their doses are numbered (docs/cdsi.md). */
import type { VaccineGroupForecast } from './vaccine-group-forecast.ts';

/**
 * CDC's test cases have one line where a patient can have a forecast for each series group. A group that the patient is
 * too old for says the least; then that of the risk goes first, where there is one; else that in which more of the doses
 * count; else the one that is due first.
 * @param own the forecasts of one vaccine group
 */
export function principalFirst(own: readonly VaccineGroupForecast[]): readonly VaccineGroupForecast[] {
  return own.length < 2 ? own : own.toSorted((a, b) => compareRanks(rankOf(a), rankOf(b)));
}

const rankOf = (forecast: VaccineGroupForecast): readonly number[] => [
  forecast.status === 'aged-out' ? 1 : 0,
  forecast.seriesType === 'risk' ? 0 : 1,
  -validDoses(forecast),
  forecast.dates?.adjustedRecommended ?? Number.MAX_SAFE_INTEGER,
];

const validDoses = ({ bestSeries }: VaccineGroupForecast): number =>
  Math.max(...bestSeries.map(({ patientSeries }) => patientSeries.validDoses));

function compareRanks(a: readonly number[], b: readonly number[]): number {
  const index = a.findIndex((value, place) => value !== b[place]);
  return index < 0 ? 0 : (a[index] ?? 0) - (b[index] ?? 0);
}

/** The dose of a risk series is numbered after the doses of a complete standard series of the vaccine group. */
export function numberInGroup(
  { doseNumber }: VaccineGroupForecast,
  own: readonly VaccineGroupForecast[],
): number | undefined {
  if (doseNumber === undefined) return undefined;
  const complete = own.filter(({ status }) => status === 'complete');
  return Math.max(doseNumber, ...complete.map((forecast) => validDoses(forecast) + 1));
}
