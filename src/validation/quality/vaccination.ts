/** An Immunization as the rules see it, with what is known of its patient and product. */

import type { QualityTables, VaccineUse } from '../../definitions/quality-tables.ts';
import type { DateInterval } from '../../fhir/date.ts';
import type { JsonObject } from '../../fhir/resource-content.ts';
import type { Concept, Terminology } from '../../terminology/terminology.ts';
import { codesOf, dateOf, objectOf, objectsOf } from './content.ts';

export const CVX_SYSTEM = 'http://hl7.org/fhir/sid/cvx';
const NDC_SYSTEM = 'http://hl7.org/fhir/sid/ndc';
export const CVX: ReadonlySet<string> = new Set(['http://hl7.org/fhir/sid/cvx', 'urn:oid:2.16.840.1.113883.12.292']);
export const NDC: ReadonlySet<string> = new Set(['http://hl7.org/fhir/sid/ndc', 'urn:oid:2.16.840.1.113883.6.69']);
export const CPT: ReadonlySet<string> = new Set(['http://www.ama-assn.org/go/cpt', 'urn:oid:2.16.840.1.113883.6.12']);
export const MVX: ReadonlySet<string> = new Set(['http://hl7.org/fhir/sid/mvx', 'urn:oid:2.16.840.1.113883.12.227']);

export interface Vaccination {
  readonly json: JsonObject;
  /** Given by who reports it; a historical one is told by others. */
  readonly isAdministered: boolean;
  readonly isHistorical: boolean;
  readonly isCompleted: boolean;
  readonly isNotDone: boolean;
  readonly date: DateInterval | undefined;
  readonly cvx: readonly string[];
  readonly ndc: readonly string[];
  readonly cpt: readonly string[];
  /** What the code systems that are loaded know of the CVX codes, in their order; undefined for an unknown code. */
  readonly vaccines: readonly (Concept | undefined)[];
  /** The NDC codes that are known. */
  readonly products: readonly Concept[];
  /** Codes of the manufacturer, by its identifier. */
  readonly mvx: readonly string[];
  readonly lot: string | undefined;
  /** What is plausible of the code; of the first that is known. */
  readonly use: VaccineUse | undefined;
  /** The patient, where it came with the dose. */
  readonly patient: JsonObject | undefined;
  readonly birth: DateInterval | undefined;
  readonly tables: QualityTables;
  readonly terminology: Terminology;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface VaccinationContext {
  readonly patient: JsonObject | undefined;
  readonly tables: QualityTables;
  readonly terminology: Terminology;
  readonly now: number;
}

export function toVaccination(json: JsonObject, context: VaccinationContext): Vaccination {
  const { status, primarySource, vaccineCode, lotNumber } = json;
  const cvx = codesOf(vaccineCode, CVX);
  const ndc = codesOf(vaccineCode, NDC);
  const isCompleted = status === 'completed';
  return {
    ...context,
    json,
    isCompleted,
    isNotDone: status === 'not-done',
    isAdministered: isCompleted && primarySource === true,
    isHistorical: isCompleted && primarySource === false,
    date: dateOf(json['occurrenceDateTime']),
    cvx,
    ndc,
    vaccines: knownAs(CVX_SYSTEM, cvx, context.terminology),
    products: knownAs(NDC_SYSTEM, ndc, context.terminology).flatMap((product) => product ?? []),
    cpt: codesOf(vaccineCode, CPT),
    mvx: manufacturerCodes(json),
    lot: typeof lotNumber === 'string' ? lotNumber.trim() : undefined,
    use: cvx.map((code) => context.tables.use.get(code)).find((use) => use !== undefined),
    birth: dateOf(context.patient?.['birthDate']),
  };
}

/** Where the system itself is not loaded nothing is known, and nothing is said to be unknown. */
function knownAs(url: string, codes: readonly string[], terminology: Terminology): readonly (Concept | undefined)[] {
  const system = codes.length > 0 ? terminology.codeSystem(url) : undefined;
  return system ? codes.map((code) => system.concept(code)) : [];
}

function manufacturerCodes({ manufacturer, contained }: JsonObject): readonly string[] {
  const { identifier, reference } = objectOf(manufacturer);
  const organization = objectsOf(contained).find(({ id }) => `#${id}` === reference);
  const identifiers = [objectOf(identifier), ...objectsOf(organization?.['identifier'])];
  return identifiers.flatMap(({ system, value }) =>
    typeof system === 'string' && MVX.has(system) && typeof value === 'string' ? [value] : [],
  );
}
