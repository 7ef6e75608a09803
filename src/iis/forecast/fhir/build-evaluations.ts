/** The verdicts on the doses as ImmunizationEvaluation resources (ImmDS 2.0.0, immds-immunizationevaluation). */
import { formatCalendarDate } from '../calendar.ts';
import type { Forecast } from '../evaluate-and-forecast.ts';
import { explainEvaluation, explainNotEvaluated, explainReason } from '../explain.ts';
import type { AdministeredDose, NotEvaluatedDose, VaccineDoseAdministered } from '../patient.ts';
import type {
  DoseEvaluation,
  EvaluationReason,
  EvaluationReasonCode,
  EvaluationStatus,
} from '../series/patient-series.ts';
import { containedDoses, doseReference, type Subject } from './subject.ts';
import { DATA_ABSENT, DOSE_STATUS, EVALUATION_PROFILE, EVALUATION_STATUS, STATUS_REASON } from './systems.ts';
import { targetDisease } from './target-disease.ts';

/** An evaluation, and what tells it from every other one of the patient. */
export interface BuiltEvaluation {
  readonly key: string;
  readonly resource: Readonly<Record<string, unknown>>;
}

const STATUS: Readonly<Record<EvaluationStatus, object>> = {
  valid: doseStatus('valid', 'Valid'),
  'not-valid': doseStatus('not-valid', 'Not Valid'),
  extraneous: doseStatus('extraneous', 'Extraneous'),
  'sub-standard': doseStatus('sub-standard', 'Sub-standard'),
};

/** FHIR knows valid and not valid; CDSi's own word goes beside it. */
function doseStatus(status: EvaluationStatus, text: string): object {
  const [code, display] = status === 'valid' ? ['valid', 'Valid'] : ['notvalid', 'Not Valid'];
  const coding = [
    { system: DOSE_STATUS, code, display },
    { system: EVALUATION_STATUS, code: status, display: text },
  ];
  return { coding, text };
}

const NOT_EVALUATED = {
  coding: [
    { system: DOSE_STATUS, code: 'notvalid', display: 'Not Valid' },
    { system: EVALUATION_STATUS, code: 'not-evaluated', display: 'Not Evaluated' },
  ],
  text: 'Not Evaluated',
};

const DISPLAY = {
  expired: 'Past Expiration Date',
  tooyoung: 'Patient Too Young',
  tooold: 'Patient Too Old',
  inappropriate: 'Inappropriate Vaccine',
  toosoon: 'Administered Too Soon',
  productconflict: 'Product Conflict',
  quantity: 'Insufficient Quantity',
  recall: 'Recalled Product',
  storage: 'Adverse Storage Conditions',
  notevaluated: 'Not Evaluated',
} as const;
type StatusReason = keyof typeof DISPLAY;

/** ImmDS has no code for the grace period; its words say it. */
const REASONS: Readonly<Partial<Record<EvaluationReasonCode, StatusReason>>> = {
  'past-lot-expiration': 'expired',
  'inadvertent-vaccine': 'inappropriate',
  'too-young': 'tooyoung',
  'too-old': 'tooold',
  'too-soon': 'toosoon',
  'vaccine-conflict': 'productconflict',
  'not-preferable-or-allowable': 'inappropriate',
  'series-already-complete': 'notevaluated',
  'less-than-recommended-volume': 'quantity',
};

const CONDITIONS = {
  'adverse-storage': 'storage',
  recalled: 'recall',
  subpotent: 'quantity',
  other: undefined,
} as const;

/** One for each dose, antigen and best series; one for each dose that no series holds, with the reason. */
export function buildEvaluations(forecast: Forecast, subject: Subject): readonly BuiltEvaluation[] {
  const evaluated = new Set(forecast.evaluations.map(({ dose, series }) => `${dose.order} ${series.antigen}`));
  const withoutSeries = forecast.patient.doses.flatMap((dose) =>
    dose.antigens
      .filter((antigen) => !evaluated.has(`${dose.order} ${antigen}`))
      .map((antigen) => buildWithoutSeries(dose, antigen, { forecast, subject })),
  );
  return [
    ...forecast.evaluations.map((evaluation) => buildEvaluation(evaluation, { forecast, subject })),
    ...withoutSeries,
    ...forecast.patient.notEvaluated.flatMap((dose) => buildNotEvaluated(dose, { forecast, subject })),
  ];
}

interface Context {
  readonly forecast: Forecast;
  readonly subject: Subject;
}

const nameOf = ({ id = '' }: VaccineDoseAdministered): string => id;

/** What every evaluation begins with. */
function frame(given: VaccineDoseAdministered, antigen: string | undefined, { forecast, subject }: Context) {
  return {
    resourceType: 'ImmunizationEvaluation',
    meta: { profile: [EVALUATION_PROFILE] },
    ...containedDoses([nameOf(given)], subject),
    status: 'completed',
    patient: subject.patient,
    date: formatCalendarDate(forecast.patient.assessmentDate),
    authority: { display: 'CDC' },
    targetDisease: antigen === undefined ? UNKNOWN_DISEASE : targetDisease(antigen),
    immunizationEvent: doseReference(nameOf(given)),
  };
}

const UNKNOWN_DISEASE = {
  coding: [{ system: DATA_ABSENT, code: 'unknown', display: 'Unknown' }],
  text: 'The schedule knows no such vaccine',
};

function buildEvaluation(evaluation: DoseEvaluation, context: Context): BuiltEvaluation {
  const { dose, series, status, targetDoseNumber, reasons } = evaluation;
  const isRecurring = series.doses.some((entry) => entry.isRecurring);
  return {
    key: `${nameOf(dose.given)}/${series.antigen}/${series.group}`,
    resource: {
      ...frame(dose.given, series.antigen, context),
      doseStatus: STATUS[status],
      ...(reasons.length === 0 ? {} : { doseStatusReason: reasons.map((reason) => reasonConcept(reason, dose)) }),
      description: explainEvaluation(evaluation),
      series: series.name,
      ...(targetDoseNumber === undefined ? {} : { doseNumberPositiveInt: targetDoseNumber }),
      ...(isRecurring ? {} : { seriesDosesPositiveInt: series.doses.length }),
    },
  };
}

function reasonConcept(reason: EvaluationReason, { given }: AdministeredDose): object {
  const code =
    REASONS[reason.code] ?? (reason.code === 'dose-condition' ? CONDITIONS[given.condition ?? 'other'] : undefined);
  const text = explainReason(reason);
  return code === undefined ? { text } : { ...statusReason(code), text };
}

const statusReason = (code: StatusReason) => ({
  coding: [{ system: STATUS_REASON, code, display: DISPLAY[code] }],
});

function buildWithoutSeries(dose: AdministeredDose, antigen: string, context: Context): BuiltEvaluation {
  const why = `No series of the schedule for ${antigen} is meant for this patient.`;
  return {
    key: `${nameOf(dose.given)}/${antigen}/none`,
    resource: { ...frame(dose.given, antigen, context), ...notEvaluated(why) },
  };
}

/** For each antigen that the vaccine could stand for, where the schedule knows it at all. */
function buildNotEvaluated(dose: NotEvaluatedDose, context: Context): readonly BuiltEvaluation[] {
  const { given } = dose;
  const vaccine = context.forecast.patient.schedule.vaccines.get(given.cvx.trim().padStart(2, '0'));
  const antigens = [...new Set(vaccine?.associations.map(({ antigen }) => antigen))];
  return (antigens.length === 0 ? [undefined] : antigens).map((antigen) => ({
    key: `${nameOf(given)}/${antigen ?? ''}/none`,
    resource: { ...frame(given, antigen, context), ...notEvaluated(explainNotEvaluated(dose)) },
  }));
}

const notEvaluated = (description: string) => ({
  doseStatus: NOT_EVALUATED,
  doseStatusReason: [{ ...statusReason('notevaluated'), text: description }],
  description,
});
