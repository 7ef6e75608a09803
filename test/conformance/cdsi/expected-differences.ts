/** The cases in which CDC's expected value contradicts its own specification or data; docs/cdsi.md has the proofs. */

export interface ExpectedDifference {
  /** The fields that differ, with what the specification and supporting data 4.64 give instead; null is nothing. */
  readonly fields: Readonly<Record<string, string | number | null>>;
  readonly because: string;
}

const PRIORITY =
  'Observation 070 or 164 indicates "ACWY risk 2-23 month" (priority A) and "ACWY risk 1-dose" (priority B): by SELECTSCORE-2 ' +
  'only A competes; the case expects B.';
const INDICATION_AGE =
  'The indication begins at 9 years and the patient is younger on the assessment date, so no series is relevant (Table 5-4).';
const SEASON =
  'The case expects the season of 2023; the data holds that of 2025, in which the patient is too old (FORECASTDTCAN-1).';
const NO_FORECAST = {
  'series status': null,
  'forecast number': null,
  'earliest date': null,
  'recommended date': null,
};
const AGED_OUT = { ...NO_FORECAST, 'series status': 'Aged Out' };

export const EXPECTED_DIFFERENCES: Readonly<Record<string, ExpectedDifference>> = {
  '2018-0022': {
    fields: { 'dose 1 reason': 'not a preferable or allowable vaccine' },
    because: 'No HepB series defines an inadvertent vaccine; CVX 189 is given before its begin age.',
  },
  '2016-UC-0060': {
    fields: { 'earliest date': '2013-08-05', 'recommended date': '2013-08-05' },
    because: 'The minimum interval to dose 3 of "Hib risk 3-dose series" is 4 weeks; the case expects 8.',
  },
  '2016-UC-0110': {
    fields: { 'earliest date': '2016-02-14' },
    because: 'The minimum age is 12 months, 14 February 2016, as the expected recommended date has it: 4 for 14.',
  },
  '2016-UC-0128': {
    fields: { 'earliest date': '1956-03-07', 'recommended date': '1956-10-07' },
    because: PRIORITY,
  },
  '2016-UC-0129': {
    fields: {
      'dose 1 status': 'Not Valid',
      'dose 1 reason': 'not a preferable or allowable vaccine',
      'forecast number': 1,
      'earliest date': '2016-07-18',
      'recommended date': '2016-07-18',
    },
    because: PRIORITY,
  },
  '2016-UC-0130': {
    fields: { 'earliest date': '2017-02-27', 'recommended date': '2017-02-27', 'past due date': '2017-04-30' },
    because:
      'The onset of pregnancy, 22 August 2016, plus 27 weeks is 27 February 2017, not 2016; past due is the day before 36 ' +
      'weeks (FORECASTDT-3).',
  },
  '2016-UC-0178': {
    fields: { 'earliest date': '2017-08-03', 'recommended date': '2017-08-03' },
    because: 'Dose 4 of the series counts 5 years from the previous dose, 3 August 2012; the case expects 4.',
  },
  '2016-UC-0198': {
    fields: { 'earliest date': '1977-07-13', 'recommended date': '1978-02-13' },
    because: PRIORITY,
  },
  '2017-UC-0015': {
    fields: { 'earliest date': '1984-02-17', 'recommended date': '1984-02-17' },
    because: 'The minimum age for cholera vaccine is 2 years; the case expects 18, as it was before.',
  },
  '2020-UC-0003': {
    fields: { 'dose 2 status': 'Valid', 'dose 2 reason': null, 'forecast number': 3 },
    because: 'Observation 177 indicates no series, so the standard series evaluates dose 2.',
  },
  '2022-UC-0001': { fields: NO_FORECAST, because: INDICATION_AGE },
  '2022-UC-0005': { fields: NO_FORECAST, because: INDICATION_AGE },
  '2022-UC-0017': {
    fields: { 'earliest date': '2023-01-24' },
    because: 'The minimum interval to dose 2 is 1 year; the case expects 8 weeks.',
  },
  '2022-UC-0031': {
    fields: { ...NO_FORECAST, 'dose 1 status': null, 'dose 2 status': null, 'past due date': null },
    because: 'Observation 235 indicates no series, so none is relevant.',
  },
  '2023-UC-0047': { fields: AGED_OUT, because: SEASON },
  '2023-UC-0048': { fields: AGED_OUT, because: SEASON },
  '2025-UC-0015': {
    fields: { 'past due date': '2025-06-29' },
    because: 'Past due is the day before the latest recommended interval date, 30 June 2025 (FORECASTDT-3).',
  },
};
