/** Compiles one antigen's file: immunity, contraindications, series (CDSi logic specification, chapters 5, 7.2, 7.3, 8). */
import type {
  AntigenSchedule,
  AntigenSeries,
  BirthDateImmunity,
  Contraindication,
  Gender,
  Indication,
  SeriesType,
  VaccineContraindication,
} from '../supporting-data.ts';
import {
  optional,
  parseAgeRange,
  parseAmericanDate,
  parseDuration,
  parseWord,
  parseYesNo,
  required,
  unknownValue,
} from './fields.ts';
import { ANTIGEN_ELEMENTS, refuseUnknownElements } from './known-elements.ts';
import { compileSeriesDose, compileVaccine } from './series-dose.ts';
import { childOf, childrenOf, parseXml, textOf, type XmlElement } from './xml-element.ts';

const SERIES_TYPES: Readonly<Record<string, SeriesType>> = {
  standard: 'standard',
  risk: 'risk',
  'evaluation only': 'evaluation-only',
};
const GENDERS: Readonly<Record<string, Gender>> = { female: 'female', male: 'male', unknown: 'unknown' };

/** The schedule of the antigen whose `AntigenSupportingData` file has this text. */
export function compileAntigen(xml: string): AntigenSchedule {
  const root = parseXml(xml);
  refuseUnknownElements(root, ANTIGEN_ELEMENTS);
  const immunity = childOf(root, 'immunity');
  const contraindications = childOf(root, 'contraindications');
  const series = childrenOf(root, 'series').map(compileSeries);
  const [first] = series;
  if (first === undefined) throw unknownValue('the series of an antigen', undefined);
  return {
    antigen: first.antigen,
    immunityCodes: new Set(childrenOf(immunity, 'clinicalHistory').map((entry) => required(entry, 'guidelineCode'))),
    birthDateImmunity: childrenOf(immunity, 'dateOfBirth').map(compileBirthDateImmunity),
    contraindications: childrenOf(childOf(contraindications, 'vaccineGroup'), 'contraindication').map(
      compileContraindication,
    ),
    vaccineContraindications: childrenOf(childOf(contraindications, 'vaccine'), 'contraindication').map(
      compileVaccineContraindication,
    ),
    series: inEvaluationOrder(series),
  };
}

const compileBirthDateImmunity = (element: XmlElement): BirthDateImmunity => ({
  bornBefore: parseAmericanDate(required(element, 'immunityBirthDate')),
  ...optional('birthCountry', textOf(element, 'birthCountry'), String),
  exclusions: new Set(childrenOf(element, 'exclusion').map((entry) => required(entry, 'exclusionCode'))),
});

const contraindicationTexts = (element: XmlElement) => ({
  code: required(element, 'observationCode'),
  text: textOf(element, 'contraindicationText') ?? '',
  guidance: textOf(element, 'contraindicationGuidance') ?? '',
});

const compileContraindication = (element: XmlElement): Contraindication => ({
  ...contraindicationTexts(element),
  ...parseAgeRange(element),
});

const compileVaccineContraindication = (element: XmlElement): VaccineContraindication => ({
  ...contraindicationTexts(element),
  vaccines: childrenOf(element, 'contraindicatedVaccine').map(compileVaccine),
});

function compileSeries(element: XmlElement): AntigenSeries {
  const select = childOf(element, 'selectSeries');
  return {
    name: required(element, 'seriesName'),
    antigen: required(element, 'targetDisease'),
    vaccineGroup: required(element, 'vaccineGroup'),
    guidance: childrenOf(element, 'seriesAdminGuidance').map(({ text }) => text),
    type: parseWord(SERIES_TYPES, 'a series type', textOf(element, 'seriesType')),
    equivalentSeriesGroups: new Set(textOf(element, 'equivalentSeriesGroups')?.split(/\s*;\s*/) ?? []),
    requiredGenders: new Set(
      childrenOf(element, 'requiredGender').map(({ text }) => parseWord(GENDERS, 'a gender', text)),
    ),
    isDefault: parseYesNo(textOf(select, 'defaultSeries'), 'the default series flag'),
    isProductPath: parseYesNo(textOf(select, 'productPath'), 'the product path flag'),
    group: textOf(select, 'seriesGroup') ?? '',
    priority: textOf(select, 'seriesPriority') ?? '',
    preference: Number(textOf(select, 'seriesPreference') ?? Number.POSITIVE_INFINITY),
    ...optional('maximumAgeToStart', textOf(select, 'maxAgeToStart'), parseDuration),
    indications: childrenOf(element, 'indication').map(compileIndication),
    doses: childrenOf(element, 'seriesDose').map(compileSeriesDose),
  };
}

const compileIndication = (element: XmlElement): Indication => ({
  code: textOf(childOf(element, 'observationCode'), 'code') ?? '',
  text: textOf(childOf(element, 'observationCode'), 'text') ?? '',
  guidance: textOf(element, 'guidance') ?? '',
  ...parseAgeRange(element),
});

/**
 * A condition "Completed Series" needs the status of other groups, so series without one come first. Longer chains don't
 * exist; one that appears is refused.
 */
function inEvaluationOrder(series: readonly AntigenSeries[]): readonly AntigenSeries[] {
  const dependent = series.filter((entry) => awaitedGroups(entry).length > 0);
  const groups = new Set(dependent.map(({ group }) => group));
  for (const { name, ...entry } of dependent) {
    if (awaitedGroups(entry).some((group) => groups.has(group))) {
      throw unknownValue('a series that waits for one that waits itself', name);
    }
  }
  return [...series.filter((entry) => !dependent.includes(entry)), ...dependent];
}

function awaitedGroups({ doses }: Pick<AntigenSeries, 'doses'>): readonly string[] {
  const conditions = doses.flatMap((dose) =>
    dose.conditionalSkips.flatMap((skip) => skip.sets.flatMap((set) => set.conditions)),
  );
  return conditions.flatMap((condition) => (condition.type === 'completed-series' ? [...condition.seriesGroups] : []));
}
