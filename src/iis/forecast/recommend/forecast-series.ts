/** Forecasts the next dose of an evaluated series, and again while it would be skipped on its day (CDSi 7, 7.6). */
import { reasonToSkip, type SkipQuestion, skipTargetDoses } from '../evaluate/conditional-skip.ts';
import { currentTargetDose, type SeriesForecast, type SeriesWalk, skipTargetDose } from '../series/patient-series.ts';
import { forecastDates, forecastDoseNumber, recommendedVaccines } from './forecast-dates.ts';
import { type AntigenFindings, determineForecastNeed, type ForecastNeed } from './forecast-need.ts';

/** Ends because each round passes over one more target dose. */
export function forecastSeries(walk: SeriesWalk, findings: AntigenFindings): SeriesForecast {
  const { assessmentDate } = walk.patient;
  const question: SkipQuestion = {
    context: 'forecast',
    referenceDate: assessmentDate,
    anchorDate: assessmentDate,
    before: Number.POSITIVE_INFINITY,
  };
  for (;;) {
    skipTargetDoses(walk, question);
    const need = determineForecastNeed(currentTargetDose(walk), walk, findings);
    if (!need.isNeeded) return withoutDates(need);
    // 7.6: the dose must still be needed when the patient comes for it.
    const because = reasonToSkip(walk, { ...question, referenceDate: need.earliestDate });
    if (because === undefined) return withDates(need, walk, findings);
    skipTargetDose(walk, because);
  }
}

function withoutDates({ status, reason, because }: Extract<ForecastNeed, { isNeeded: false }>): SeriesForecast {
  return { status, reason, ...(because === undefined ? {} : { because }) };
}

function withDates(
  { target, ages, earliestDate }: Extract<ForecastNeed, { isNeeded: true }>,
  walk: SeriesWalk,
  { contraindications }: AntigenFindings,
): SeriesForecast {
  const dates = forecastDates({ target, ages, earliest: earliestDate, walk });
  const { birthDate } = walk.patient;
  return {
    status: 'not-complete',
    reason: 'dose-due',
    dates,
    targetDose: target,
    doseNumber: forecastDoseNumber(walk),
    recommendedVaccines: recommendedVaccines(target, dates, { birthDate, contraindicated: contraindications.vaccines }),
  };
}
