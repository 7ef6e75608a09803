/** The schedule as the engine reads it: CDC's supporting data in typed form (CDSi logic specification, chapter 3). */
import type { CalendarDate, Duration } from './calendar.ts';

/** A CVX code of at least two digits, as CDC writes it: `03`, `110`. */
export type Cvx = string;
/** A CDSi observation code of three digits. */
export type ObservationCode = string;

/** A window of ages: from begin (inclusive) to end (exclusive); an absent bound doesn't limit. */
export interface AgeRange {
  readonly beginAge?: Duration;
  readonly endAge?: Duration;
}

/** When a row of the schedule is in force: both days inclusive (3.3); an absent bound doesn't limit. */
export interface InForce {
  readonly effectiveDate?: CalendarDate;
  readonly cessationDate?: CalendarDate;
}

export interface AgeRow extends InForce {
  readonly absoluteMinimumAge?: Duration;
  readonly minimumAge?: Duration;
  readonly earliestRecommendedAge?: Duration;
  readonly latestRecommendedAge?: Duration;
  readonly maximumAge?: Duration;
}

/** What an interval is measured from (CALCDTINT-1, -2, -8, -9). */
export type IntervalReference =
  | { readonly from: 'previous-dose' }
  | { readonly from: 'target-dose'; readonly doseNumber: number }
  | { readonly from: 'most-recent'; readonly vaccineTypes: ReadonlySet<Cvx> }
  | { readonly from: 'observation'; readonly code: ObservationCode };

export interface AllowableInterval extends InForce {
  readonly reference: IntervalReference;
  readonly absoluteMinimumInterval?: Duration;
}

export interface PreferableInterval extends AllowableInterval {
  readonly minimumInterval?: Duration;
  readonly earliestRecommendedInterval?: Duration;
  readonly latestRecommendedInterval?: Duration;
  readonly isPriority: boolean;
}

export interface AllowableVaccine extends AgeRange {
  readonly vaccineType: string;
  readonly cvx: Cvx;
}

export interface PreferableVaccine extends AllowableVaccine {
  readonly tradeName?: string;
  readonly mvx?: string;
  /** Millilitres. */
  readonly volume?: number;
  readonly isForecastVaccineType: boolean;
}

/** How a count compares: `than` is CDC's dose count. */
export interface DoseCount {
  readonly logic: 'greater-than' | 'equal-to' | 'less-than';
  readonly than: number;
  readonly doseType: 'valid' | 'total';
  /** Absent: every vaccine of the antigen. */
  readonly vaccineTypes?: ReadonlySet<Cvx>;
}

export type SkipCondition =
  | ({ readonly type: 'age' } & AgeRange)
  | { readonly type: 'interval'; readonly interval: Duration }
  | { readonly type: 'completed-series'; readonly seriesGroups: ReadonlySet<string> }
  | ({
      readonly type: 'vaccine-count';
      readonly startDate?: CalendarDate;
      readonly endDate?: CalendarDate;
      readonly count: DoseCount;
    } & AgeRange);

export interface SkipSet extends InForce {
  readonly description: string;
  readonly logic: 'and' | 'or';
  readonly conditions: readonly SkipCondition[];
}

export interface ConditionalSkip {
  readonly context: 'evaluation' | 'forecast' | 'both';
  readonly logic: 'and' | 'or';
  readonly sets: readonly SkipSet[];
}

export interface Season {
  readonly startDate?: CalendarDate;
  readonly endDate?: CalendarDate;
}

export interface SeriesDose {
  /** From 1. */
  readonly number: number;
  readonly ages: readonly AgeRow[];
  readonly preferableIntervals: readonly PreferableInterval[];
  readonly allowableIntervals: readonly AllowableInterval[];
  readonly preferableVaccines: readonly PreferableVaccine[];
  readonly allowableVaccines: readonly AllowableVaccine[];
  readonly inadvertentVaccines: ReadonlySet<Cvx>;
  readonly conditionalSkips: readonly ConditionalSkip[];
  readonly isRecurring: boolean;
  readonly season?: Season;
}

export interface Indication extends AgeRange {
  readonly code: ObservationCode;
  readonly text: string;
  readonly guidance: string;
}

export type SeriesType = 'standard' | 'risk' | 'evaluation-only';
export type Gender = 'female' | 'male' | 'unknown';

export interface AntigenSeries {
  readonly name: string;
  readonly antigen: string;
  readonly vaccineGroup: string;
  readonly guidance: readonly string[];
  readonly type: SeriesType;
  readonly equivalentSeriesGroups: ReadonlySet<string>;
  /** Empty: everybody. */
  readonly requiredGenders: ReadonlySet<Gender>;
  readonly isDefault: boolean;
  readonly isProductPath: boolean;
  readonly group: string;
  /** `A` is the highest. */
  readonly priority: string;
  /** The lower, the better; infinite where the schedule gives none. */
  readonly preference: number;
  readonly maximumAgeToStart?: Duration;
  readonly indications: readonly Indication[];
  readonly doses: readonly SeriesDose[];
}

export interface BirthDateImmunity {
  readonly bornBefore: CalendarDate;
  readonly birthCountry?: string;
  readonly exclusions: ReadonlySet<ObservationCode>;
}

export interface Contraindication extends AgeRange {
  readonly code: ObservationCode;
  readonly text: string;
  readonly guidance: string;
}

export interface VaccineContraindication extends Omit<Contraindication, keyof AgeRange> {
  readonly vaccines: readonly AllowableVaccine[];
}

export interface AntigenSchedule {
  readonly antigen: string;
  readonly immunityCodes: ReadonlySet<ObservationCode>;
  readonly birthDateImmunity: readonly BirthDateImmunity[];
  readonly contraindications: readonly Contraindication[];
  readonly vaccineContraindications: readonly VaccineContraindication[];
  /** In the order in which they are evaluated: a series that asks whether a group is complete comes after that group. */
  readonly series: readonly AntigenSeries[];
}

interface AntigenAssociation extends AgeRange {
  readonly antigen: string;
}

export interface Vaccine {
  readonly cvx: Cvx;
  readonly name: string;
  readonly associations: readonly AntigenAssociation[];
}

export interface VaccineConflict {
  readonly beginInterval: Duration;
  readonly minimumEndInterval: Duration;
  readonly endInterval: Duration;
}

export interface VaccineGroup {
  readonly name: string;
  readonly administerFullVaccineGroup: boolean;
  readonly antigens: readonly string[];
}

interface CodedValue {
  readonly code: string;
  readonly codeSystem: string;
  readonly text: string;
}

export interface Observation {
  readonly code: ObservationCode;
  readonly title: string;
  readonly codedValues: readonly CodedValue[];
}

/** The part of the schedule that is not about one antigen. */
export interface Schedule {
  readonly vaccines: ReadonlyMap<Cvx, Vaccine>;
  readonly vaccineGroups: readonly VaccineGroup[];
  /** By the vaccine given before, then by the one given later. */
  readonly conflicts: ReadonlyMap<Cvx, ReadonlyMap<Cvx, VaccineConflict>>;
  readonly observations: ReadonlyMap<ObservationCode, Observation>;
}

export interface SupportingData extends Schedule {
  readonly version: string;
  readonly antigens: readonly AntigenSchedule[];
}
