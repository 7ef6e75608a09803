/** A vaccine group's forecast from those of its best patient series (CDSi logic specification 9.1, Table 9-2). */
import type { Patient } from '../patient.ts';
import type { ForecastDates, ForecastReason, PatientSeries, PatientSeriesStatus } from '../series/patient-series.ts';
import type { Prioritized } from '../series/prioritize.ts';
import type { PreferableVaccine, SeriesType, VaccineGroup } from '../supporting-data.ts';
import { multipleAntigenDates, multipleAntigenStatus } from './multiple-antigen.ts';
import { singleAntigenDates, singleAntigenStatus } from './single-antigen.ts';

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
  readonly bestSeries: readonly [Prioritized, ...Prioritized[]];
  readonly patient: Patient;
}

export function forecastVaccineGroup({ group, seriesGroup, bestSeries, patient }: GroupInput): VaccineGroupForecast {
  const [first] = bestSeries;
  const all = bestSeries.map(({ patientSeries }) => patientSeries);
  const isMultiple = group.antigens.length > 1;
  const status = isMultiple ? multipleAntigenStatus(all, group) : singleAntigenStatus(first.patientSeries);
  const due = status === 'not-complete' ? all.filter(({ forecast }) => forecast.dates !== undefined) : [];
  const dates = isMultiple ? multipleAntigenDates(group, due, patient) : singleAntigenDates(first.patientSeries);
  return {
    vaccineGroup: group.name,
    seriesGroup,
    seriesType: first.patientSeries.series.type,
    status,
    reasons: all.map(reasonOf),
    ...(dates === undefined ? {} : { dates, doseNumber: groupDoseNumber(group, due) }),
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
