/** Race, ethnicity and language of synthetic people (US Core 6.1.0, us-core-race, us-core-ethnicity). */

import type { Coding, Extension, PatientCommunication } from '@medplum/fhirtypes';
import { concept, usCore } from './concepts.ts';
import type { Draw } from './draw.ts';

const CDC_RACE_AND_ETHNICITY = 'urn:oid:2.16.840.1.113883.6.238';
const NULL_FLAVOR = 'http://terminology.hl7.org/CodeSystem/v3-NullFlavor';

interface Category {
  readonly categories: readonly Coding[];
  readonly detailed?: Coding;
  readonly text: string;
}

const cdc = (code: string, display: string): Coding => ({ system: CDC_RACE_AND_ETHNICITY, code, display });
const one = (code: string, display: string, detailed?: Coding): Category => ({
  categories: [cdc(code, display)],
  text: detailed?.display ?? display,
  ...(detailed ? { detailed } : {}),
});
const unknown = (code: string, display: string, text: string): Category => ({
  categories: [{ system: NULL_FLAVOR, code, display }],
  text,
});

const ASKED_BUT_UNKNOWN = unknown('ASKU', 'asked but unknown', 'Asked but unknown');
const UNKNOWN = unknown('UNK', 'unknown', 'Unknown');
const WHITE = one('2106-3', 'White');
const BLACK = one('2054-5', 'Black or African American');

/** A list to draw from; what is more frequent stands in it more often. */
const RACES: readonly Category[] = [
  WHITE,
  WHITE,
  WHITE,
  WHITE,
  BLACK,
  BLACK,
  one('2054-5', 'Black or African American', cdc('2060-2', 'African')),
  one('2028-9', 'Asian', cdc('2029-7', 'Asian Indian')),
  one('2028-9', 'Asian', cdc('2036-2', 'Filipino')),
  one('1002-5', 'American Indian or Alaska Native', cdc('1123-9', 'Chippewa')),
  one('2076-8', 'Native Hawaiian or Other Pacific Islander', cdc('2080-0', 'Samoan')),
  { categories: [cdc('2106-3', 'White'), cdc('2028-9', 'Asian')], text: 'White and Asian' },
  ASKED_BUT_UNKNOWN,
  UNKNOWN,
];

const NOT_HISPANIC = one('2186-5', 'Not Hispanic or Latino');

const ETHNICITIES: readonly Category[] = [
  NOT_HISPANIC,
  NOT_HISPANIC,
  NOT_HISPANIC,
  one('2135-2', 'Hispanic or Latino', cdc('2148-5', 'Mexican')),
  one('2135-2', 'Hispanic or Latino'),
  ASKED_BUT_UNKNOWN,
];

const LANGUAGES: readonly (readonly [code: string, display: string])[] = [
  ['en', 'English'],
  ['en', 'English'],
  ['en', 'English'],
  ['es', 'Spanish'],
  ['vi', 'Vietnamese'],
  ['ar', 'Arabic'],
  ['so', 'Somali'],
];

/** Race and ethnicity; a few people come without them, as records do. */
export const raceAndEthnicity = (draw: Draw): Extension[] => [
  ...(draw.chance('has race', 0.94) ? [toExtension('race', draw.oneOf('race', RACES))] : []),
  ...(draw.chance('has ethnicity', 0.9) ? [toExtension('ethnicity', draw.oneOf('ethnicity', ETHNICITIES))] : []),
];

function toExtension(name: 'race' | 'ethnicity', { categories, detailed, text }: Category): Extension {
  return {
    url: usCore(name),
    extension: [
      ...categories.map((valueCoding) => ({ url: 'ombCategory', valueCoding })),
      ...(detailed ? [{ url: 'detailed', valueCoding: detailed }] : []),
      { url: 'text', valueString: text },
    ],
  };
}

/** The preferred language. */
export function communication(draw: Draw): PatientCommunication[] {
  const [code, display] = draw.oneOf('language', LANGUAGES);
  return [{ language: concept('urn:ietf:bcp:47', code, display), preferred: true }];
}
