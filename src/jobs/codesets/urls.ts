/** The canonical URLs of what is made from CDC's files; what has none elsewhere is under our own (docs/terminology.md). */

const OWN = 'urn:jenner';

export const CVX = 'http://hl7.org/fhir/sid/cvx';
export const MVX = 'http://hl7.org/fhir/sid/mvx';
export const NDC = 'http://hl7.org/fhir/sid/ndc';
export const CPT = 'http://www.ama-assn.org/go/cpt';
/** The bar code strings of Vaccine Information Statements. */
export const VIS = 'urn:oid:2.16.840.1.114222.4.5.307';
export const VACCINE_GROUP = `${OWN}:CodeSystem:vaccine-group`;
export const TRADE_NAME = `${OWN}:CodeSystem:vaccine-trade-name`;

export const conceptMapUrl = (id: string): string => `${OWN}:ConceptMap:${id}`;
