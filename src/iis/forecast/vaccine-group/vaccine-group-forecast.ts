/** A vaccine group's forecast from those of its best patient series (CDSi logic specification 9.1, Table 9-2). */
import { type CalendarDate, earliest } from '../calendar.ts';
import type { Patient } from '../patient.ts';
import type { ForecastDates, ForecastReason, PatientSeries, PatientSeriesStatus } from '../series/patient-series.ts';
import type { Prioritized } from '../series/prioritize.ts';
import type { PreferableVaccine, SeriesType, VaccineGroup } from '../supporting-data.ts';
import { multipleAntigenEarliestDate, multipleAntigenStatus } from './multiple-antigen.ts';
import { singleAntigenEarliestDate, singleAntigenStatus } from './single-antigen.ts';

/** A patient can have several for one vaccine group, one for each series group: say, one by age and one by a risk. */
export interface VaccineGroupForecast {
  readonly vaccineGroup: string;
  readonly seriesGroup: string;
  readonly seriesType: SeriesType;
  readonly status: PatientSeriesStatus;
  readonly reasons: readonly { readonly antigen: string; readonly reason: ForecastReason; readonly because?: string }[];
  /** Where the status is `not-complete`. */
  readonly dates?: ForecastDates;
  readonly doseNumber?: number;
  /** The antigens that are due (FORECASTVG-8). */
  readonly recommendedAntigens: readonly string[];
  /** Named products (FORECASTVG-9); empty where any of the group will do. */
  readonly recommendedVaccines: readonly PreferableVaccine[];
  readonly bestSeries: readonly Prioritized[];
}

interface GroupInput {
  readonly group: VaccineGroup;
  readonly seriesGroup: string;
  readonly bestSeries: readonly Prioritized[];
  readonly patient: Patient;
}

export function forecastVaccineGroup({ group, seriesGroup, bestSeries, patient }: GroupInput): VaccineGroupForecast {
  const all = bestSeries.map(({ patientSeries }) => patientSeries);
  const status = group.antigens.length > 1 ? multipleAntigenStatus(all, group) : singleAntigenStatus(all);
  const due = status === 'not-complete' ? all.filter(({ forecast }) => forecast.dates !== undefined) : [];
  return {
    vaccineGroup: group.name,
    seriesGroup,
    seriesType: all[0]?.series.type ?? 'standard',
    status,
    reasons: all.map(reasonOf),
    ...(due.length === 0 ? {} : { dates: groupDates(group, due, patient), doseNumber: groupDoseNumber(group, due) }),
    recommendedAntigens: due.map(({ series }) => series.antigen),
    recommendedVaccines: uniqueVaccines(due),
    bestSeries,
  };
}

const reasonOf = ({ series, forecast: { reason, because } }: PatientSeries) => ({
  antigen: series.antigen,
  reason,
  ...(because === undefined ? {} : { because }),
});

/** FORECASTVG-2 to -6; of a single series, its own dates. */
function groupDates(group: VaccineGroup, due: readonly PatientSeries[], patient: Patient): ForecastDates {
  const dates = due.flatMap(({ forecast }) => forecast.dates ?? []);
  const [only, ...others] = dates;
  if (only !== undefined && others.length === 0 && group.antigens.length === 1) return only;
  return blendDates(
    dates,
    group.antigens.length > 1 ? multipleAntigenEarliestDate(group, due, patient) : singleAntigenEarliestDate(due),
  );
}

function blendDates(dates: readonly ForecastDates[], earliestDate: CalendarDate): ForecastDates {
  const recommended = earliest(dates.map(({ adjustedRecommended }) => adjustedRecommended)) ?? earliestDate;
  const pastDue = earliest(dates.map(({ adjustedPastDue }) => adjustedPastDue));
  const unadjustedPastDue = earliest(dates.map((entry) => entry.unadjustedPastDue));
  const latest = earliest(dates.map((entry) => entry.latest));
  return {
    earliest: earliestDate,
    unadjustedRecommended: earliest(dates.map((entry) => entry.unadjustedRecommended)) ?? earliestDate,
    adjustedRecommended: Math.max(recommended, earliestDate),
    ...(pastDue === undefined ? {} : { adjustedPastDue: Math.max(pastDue, earliestDate) }),
    ...(unadjustedPastDue === undefined ? {} : { unadjustedPastDue }),
    ...(latest === undefined ? {} : { latest }),
  };
}

/** FORECASTDN-2. */
function groupDoseNumber({ administerFullVaccineGroup }: VaccineGroup, due: readonly PatientSeries[]): number {
  const numbers = due.map(({ forecast }) => forecast.doseNumber ?? 1);
  return administerFullVaccineGroup ? Math.min(...numbers) : Math.max(...numbers);
}

function uniqueVaccines(due: readonly PatientSeries[]): readonly PreferableVaccine[] {
  const all = due.flatMap(({ forecast }) => forecast.recommendedVaccines ?? []);
  if (due.length < 2) return all;
  return [...new Map(all.map((vaccine) => [`${vaccine.cvx} ${vaccine.tradeName ?? ''}`, vaccine])).values()];
}
