/** Compiles a series dose: ages, intervals, vaccines, skips, season (CDSi logic specification, chapters 6 and 7). */
import type {
  AgeRow,
  AllowableInterval,
  AllowableVaccine,
  IntervalReference,
  PreferableInterval,
  PreferableVaccine,
  Season,
  SeriesDose,
} from '../supporting-data.ts';
import { compileConditionalSkip } from './conditional-skip.ts';
import {
  optional,
  parseAgeRange,
  parseCompactDate,
  parseCvx,
  parseCvxList,
  parseDuration,
  parseInForce,
  parseYesNo,
  required,
  unknownValue,
} from './fields.ts';
import { childOf, childrenOf, textOf, type XmlElement } from './xml-element.ts';

export function compileSeriesDose(element: XmlElement): SeriesDose {
  const season = childOf(element, 'seasonalRecommendation');
  return {
    number: parseDoseNumber(required(element, 'doseNumber')),
    ages: childrenOf(element, 'age').map(compileAge),
    preferableIntervals: childrenOf(element, 'interval').map(compilePreferableInterval),
    allowableIntervals: childrenOf(element, 'allowableInterval').map(compileAllowableInterval),
    preferableVaccines: childrenOf(element, 'preferableVaccine').map(compilePreferableVaccine),
    allowableVaccines: childrenOf(element, 'allowableVaccine').map(compileVaccine),
    inadvertentVaccines: new Set(childrenOf(element, 'inadvertentVaccine').map(cvxOf)),
    conditionalSkips: childrenOf(element, 'conditionalSkip').map(compileConditionalSkip),
    isRecurring: parseYesNo(textOf(element, 'recurringDose'), 'the recurring dose flag'),
    ...(season ? { season: compileSeason(season) } : {}),
  };
}

function parseDoseNumber(text: string): number {
  const [, digits] = /^Dose (\d+)$/.exec(text) ?? [];
  if (digits === undefined) throw unknownValue('a dose number', text);
  return Number(digits);
}

const compileAge = (element: XmlElement): AgeRow => ({
  ...optional('absoluteMinimumAge', textOf(element, 'absMinAge'), parseDuration),
  ...optional('minimumAge', textOf(element, 'minAge'), parseDuration),
  ...optional('earliestRecommendedAge', textOf(element, 'earliestRecAge'), parseDuration),
  ...optional('latestRecommendedAge', textOf(element, 'latestRecAge'), parseDuration),
  ...optional('maximumAge', textOf(element, 'maxAge'), parseDuration),
  ...parseInForce(element),
});

const compileAllowableInterval = (element: XmlElement): AllowableInterval => ({
  reference: compileReference(element),
  ...optional('absoluteMinimumInterval', textOf(element, 'absMinInt'), parseDuration),
  ...parseInForce(element),
});

const compilePreferableInterval = (element: XmlElement): PreferableInterval => ({
  ...compileAllowableInterval(element),
  ...optional('minimumInterval', textOf(element, 'minInt'), parseDuration),
  ...optional('earliestRecommendedInterval', textOf(element, 'earliestRecInt'), parseDuration),
  ...optional('latestRecommendedInterval', textOf(element, 'latestRecInt'), parseDuration),
  // "override" is the specification's interval priority flag 'Y' (FORECASTPRIORITY-1).
  isPriority: textOf(element, 'intervalPriority') === 'override',
});

function compileReference(element: XmlElement): IntervalReference {
  if (parseYesNo(textOf(element, 'fromPrevious'), 'the flag of an interval')) return { from: 'previous-dose' };
  const doseNumber = textOf(element, 'fromTargetDose');
  if (doseNumber !== undefined) return { from: 'target-dose', doseNumber: Number(doseNumber) };
  const vaccineTypes = textOf(element, 'fromMostRecent');
  if (vaccineTypes !== undefined) return { from: 'most-recent', vaccineTypes: parseCvxList(vaccineTypes) };
  const code = textOf(childOf(element, 'fromRelevantObs'), 'code');
  if (code === undefined) throw unknownValue('what an interval is measured from', undefined);
  return { from: 'observation', code };
}

const cvxOf = (element: XmlElement) => parseCvx(textOf(element, 'cvx'));

export const compileVaccine = (element: XmlElement): AllowableVaccine => ({
  vaccineType: required(element, 'vaccineType'),
  cvx: cvxOf(element),
  ...parseAgeRange(element),
});

const compilePreferableVaccine = (element: XmlElement): PreferableVaccine => ({
  ...compileVaccine(element),
  ...optional('tradeName', textOf(element, 'tradeName'), String),
  ...optional('mvx', textOf(element, 'mvx'), String),
  ...optional('volume', textOf(element, 'volume'), Number),
  isForecastVaccineType: parseYesNo(textOf(element, 'forecastVaccineType') ?? 'N', 'the forecast vaccine type flag'),
});

const compileSeason = (element: XmlElement): Season => ({
  ...optional('startDate', textOf(element, 'startDate'), parseCompactDate),
  ...optional('endDate', textOf(element, 'endDate'), parseCompactDate),
});
