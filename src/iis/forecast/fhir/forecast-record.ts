/** Evaluates and forecasts a patient's record in FHIR (ImmDS 2.0.0, $immds-forecast). */
import type { CalendarDate } from '../calendar.ts';
import { evaluateAndForecast, type Forecast } from '../evaluate-and-forecast.ts';
import type { SupportingData } from '../supporting-data.ts';
import { type BuiltEvaluation, buildEvaluations } from './build-evaluations.ts';
import { buildRecommendation } from './build-recommendation.ts';
import { type PatientRecord, readRecord } from './patient-record.ts';
import type { Problem } from './problem.ts';
import { subjectOf } from './subject.ts';

export interface ForecastAnswer {
  readonly forecast: Forecast;
  readonly evaluations: readonly BuiltEvaluation[];
  readonly recommendation: Readonly<Record<string, unknown>>;
}

export interface RecordForecast {
  readonly problems: readonly Problem[];
  /** Undefined where the birth date is not known to the day. */
  readonly answer: ForecastAnswer | undefined;
}

export interface ForecastTerms {
  readonly schedule: SupportingData;
  readonly assessmentDate: CalendarDate;
}

/** What can't be understood is told in `problems`; the rest is answered for, as far as it goes. */
export function forecastRecord(record: PatientRecord, terms: ForecastTerms): RecordForecast {
  const { input, problems } = readRecord(record, terms);
  if (input === undefined) return { problems, answer: undefined };
  const forecast = evaluateAndForecast(input, terms.schedule);
  const subject = subjectOf(record);
  const evaluations = buildEvaluations(forecast, subject);
  const recommendation = buildRecommendation(forecast, terms.schedule.vaccineGroups, subject);
  return { problems, answer: { forecast, evaluations, recommendation } };
}
