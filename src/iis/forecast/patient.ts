/** What is known of a patient: the input of a forecast, and the same organised for the engine (CDSi 4.1, 4.2). */
import type { CalendarDate } from './calendar.ts';
import type { Cvx, Gender, ObservationCode, Schedule } from './supporting-data.ts';

/** A date of which only the year, or the year and the month (from 1), is known, or nothing at all. */
export interface PartialDate {
  readonly year?: number;
  readonly month?: number;
}

/** Why a dose can't be judged whatever the schedule says (6.1). */
type DoseCondition = 'adverse-storage' | 'recalled' | 'subpotent' | 'other';

/** A dose as the record has it. */
export interface VaccineDoseAdministered {
  /** The caller's name for it, returned with every verdict; the engine doesn't read it. */
  readonly id?: string;
  readonly cvx: string;
  readonly mvx?: string;
  readonly tradeName?: string;
  /** Millilitres. */
  readonly volume?: number;
  readonly dateAdministered: CalendarDate | PartialDate;
  readonly lotExpirationDate?: CalendarDate | PartialDate;
  readonly condition?: DoseCondition;
}

/** An active observation of the patient, in CDSi's codes; adverse reactions are among them. */
interface PatientObservation {
  readonly code: ObservationCode;
  readonly date?: CalendarDate;
}

export interface ForecastInput {
  readonly birthDate: CalendarDate;
  readonly gender: Gender;
  /** As the supporting data spells it ("U.S."); birth-date immunity that is limited to a country needs it. */
  readonly birthCountry?: string;
  readonly dosesAdministered: readonly VaccineDoseAdministered[];
  readonly observations: readonly PatientObservation[];
  readonly assessmentDate: CalendarDate;
}

/** A dose with a date and a vaccine that the schedule knows: it can be evaluated. */
export interface AdministeredDose {
  readonly given: VaccineDoseAdministered;
  readonly cvx: Cvx;
  readonly date: CalendarDate;
  /** Its place among all doses of the patient, by date. */
  readonly order: number;
  readonly antigens: readonly string[];
}

/** Why a dose is in no evaluation at all. */
export type NotEvaluatedReason =
  | 'vaccine-unknown'
  | 'date-not-known-to-the-day'
  | 'before-birth'
  | 'after-assessment-date'
  | 'no-antigen-at-this-age';

export interface NotEvaluatedDose {
  readonly given: VaccineDoseAdministered;
  readonly reason: NotEvaluatedReason;
}

/** A patient with the history organised. */
export interface Patient {
  readonly birthDate: CalendarDate;
  readonly gender: Gender;
  readonly birthCountry: string | undefined;
  readonly assessmentDate: CalendarDate;
  /** Active observations with their most recent date, where they have one. */
  readonly observations: ReadonlyMap<ObservationCode, CalendarDate | undefined>;
  /** By date. */
  readonly doses: readonly AdministeredDose[];
  /** The antigen administered records: by antigen, by date. */
  readonly records: ReadonlyMap<string, readonly AdministeredDose[]>;
  readonly notEvaluated: readonly NotEvaluatedDose[];
  readonly schedule: Schedule;
}
