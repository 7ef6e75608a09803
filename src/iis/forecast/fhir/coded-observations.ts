/** Codes of clinical records → the schedule's coded observations (CDSi supporting data, coded observations). */
import type { ObservationCode, Schedule } from '../supporting-data.ts';
import { type Coding, codingsOf } from './elements.ts';
import { CDSI_OBSERVATION, CVX, SNOMED } from './systems.ts';

const PHIN_VS: ReadonlySet<string> = new Set([
  'urn:oid:2.16.840.1.114222.4.5.274',
  'https://phinvads.cdc.gov',
  'http://phinvads.cdc.gov',
  'CDCPHINVS',
]);

/** What a code of the schedule's is called in FHIR. */
const SYSTEMS: Readonly<Record<string, string>> = { SNOMED, CVX, CDCPHINVS: 'CDCPHINVS' };

/** A vaccine code of an observation says that a reaction followed it, except where the product itself is observed. */
const GIVEN = /administration$/i;

export interface CodedObservations {
  /** The observations of a condition, allergy or finding of that code: none, one or several. */
  ofCoding(coding: Coding): readonly ObservationCode[];
  /** Those that a dose stands for: an immune globulin was given. */
  ofDose(cvx: string): readonly ObservationCode[];
  /** Those that show immunity, which a disease that is over shows too. */
  readonly immunity: ReadonlySet<ObservationCode>;
  /** Every code that means something, under each system that it may come with. */
  readonly codings: readonly { readonly system: string; readonly code: string }[];
}

const indexed = new WeakMap<Schedule, CodedObservations>();

/** The index of a schedule's codes, made once. */
export function codedObservations(
  schedule: Schedule & { readonly antigens: readonly { readonly immunityCodes: ReadonlySet<string> }[] },
): CodedObservations {
  const known = indexed.get(schedule);
  if (known) return known;
  const index = buildIndex(schedule, new Set(schedule.antigens.flatMap(({ immunityCodes }) => [...immunityCodes])));
  indexed.set(schedule, index);
  return index;
}

function buildIndex({ observations }: Schedule, immunity: ReadonlySet<ObservationCode>): CodedObservations {
  const byCode = new Map<string, ObservationCode[]>();
  const byDose = new Map<string, ObservationCode[]>();
  for (const { code: observation, title, codedValues } of observations.values()) {
    addTo(byCode, `${CDSI_OBSERVATION}|${observation}`, observation);
    for (const { code, codeSystem } of codedValues) {
      const isDose = codeSystem === 'CVX' && GIVEN.test(title);
      if (isDose) addTo(byDose, code, observation);
      else addTo(byCode, `${SYSTEMS[codeSystem] ?? codeSystem}|${code}`, observation);
    }
  }
  return {
    ofCoding: ({ system = '', code = '' }) => byCode.get(`${PHIN_VS.has(system) ? 'CDCPHINVS' : system}|${code}`) ?? [],
    ofDose: (cvx) => byDose.get(cvx) ?? [],
    immunity,
    codings: [...byCode.keys()].flatMap(toCodings),
  };
}

function toCodings(key: string): CodedObservations['codings'] {
  const at = key.indexOf('|');
  const [system, code] = [key.slice(0, at), key.slice(at + 1)];
  return (system === 'CDCPHINVS' ? [...PHIN_VS] : [system]).map((name) => ({ system: name, code }));
}

function addTo(map: Map<string, ObservationCode[]>, key: string, code: ObservationCode): void {
  const list = map.get(key);
  if (list) list.push(code);
  else map.set(key, [code]);
}

/** The observations that a CodeableConcept stands for. */
export const observationsOf = (concept: unknown, { ofCoding }: CodedObservations): readonly ObservationCode[] =>
  codingsOf(concept).flatMap(ofCoding);
