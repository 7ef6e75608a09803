/**
 * Which searches the database serves from an index, and in which order a search answers when the client asks for none.
 * Measured shapes: equality first, then the sort key, `_id` last; one multi-valued field per index.
 */

/** A field of a stored resource: a search parameter's code, its part (`date.lo`), or one of the server's own fields. */
export type IndexKey = readonly [field: string, direction: 1 | -1];
export type IndexDefinition = readonly IndexKey[];

/** Ascending or descending by the lower end of a date parameter; resources without it come last. */
export interface DefaultOrder {
  readonly code: string;
  readonly direction: 1 | -1;
}

interface TypeIndexes {
  readonly order?: DefaultOrder;
  readonly indexes: readonly IndexDefinition[];
}

const by = (...codes: string[]): IndexDefinition => codes.map((code) => [`s_${code}`, 1] as const);
const newestFirst = (date: string, ...codes: string[]): IndexDefinition => [
  ...by(...codes),
  [`s_${date}.lo`, -1],
  ['_id', 1],
];

/** `_lastUpdated` of every type; history and synchronisation walk it. */
const LAST_UPDATED: IndexDefinition = [
  ['lu', 1],
  ['_id', 1],
];

/** The resources of a patient's compartment, for `$everything`. */
const BY_COMPARTMENT: IndexDefinition = [
  ['c', 1],
  ['_id', 1],
];

const newest = (code: string): DefaultOrder => ({ code, direction: -1 });

const BY_TYPE: Readonly<Record<string, TypeIndexes>> = {
  Patient: {
    indexes: [
      by('identifier'),
      [...by('family'), ['_id', 1]],
      [...by('given'), ['_id', 1]],
      [...by('name'), ['_id', 1]],
      [
        ['s_birthdate.lo', 1],
        ['_id', 1],
      ],
    ],
  },
  Immunization: {
    order: newest('date'),
    indexes: [
      newestFirst('date', 'patient'),
      newestFirst('date', 'vaccine-code'),
      newestFirst('date'),
      newestFirst('date', 'location'),
      by('identifier'),
      by('lot-number'),
    ],
  },
  ImmunizationRecommendation: {
    order: newest('date'),
    indexes: [newestFirst('date', 'patient'), newestFirst('date'), by('identifier')],
  },
  ImmunizationEvaluation: {
    order: newest('date'),
    indexes: [newestFirst('date', 'patient'), newestFirst('date'), by('immunization-event')],
  },
  AuditEvent: { order: newest('date'), indexes: [newestFirst('date', 'patient'), newestFirst('date')] },
  Provenance: { order: newest('recorded'), indexes: [by('target'), newestFirst('recorded')] },
  Consent: { indexes: [by('patient'), by('identifier')] },
  Group: { indexes: [by('member'), by('identifier')] },
  Person: { indexes: [by('identifier'), by('link'), by('name')] },
  RelatedPerson: { indexes: [by('patient'), by('identifier')] },
  Organization: { indexes: [by('identifier'), by('name')] },
  Location: { indexes: [by('identifier'), by('name')] },
  Practitioner: { indexes: [by('identifier'), by('family'), by('name')] },
  PractitionerRole: { indexes: [by('practitioner'), by('organization'), by('identifier')] },
  Observation: {
    order: newest('date'),
    indexes: [newestFirst('date', 'patient'), newestFirst('date'), by('identifier')],
  },
  Condition: { indexes: [by('patient'), by('identifier')] },
  AllergyIntolerance: { indexes: [by('patient'), by('identifier')] },
  Encounter: { indexes: [by('patient'), by('identifier')] },
  EpisodeOfCare: { indexes: [by('patient'), by('identifier')] },
  Communication: { indexes: [by('patient'), by('identifier')] },
  CommunicationRequest: { indexes: [by('patient'), by('identifier')] },
  Task: { indexes: [by('patient'), by('identifier')] },
  Flag: { indexes: [by('patient')] },
  DocumentReference: { indexes: [by('patient'), by('identifier')] },
  List: { indexes: [by('patient'), by('identifier')] },
  MeasureReport: { indexes: [by('measure'), by('patient')] },
  Measure: { indexes: [by('url'), by('identifier')] },
  Subscription: { indexes: [by('status')] },
  Binary: { indexes: [] },
  CodeSystem: { indexes: [by('url'), by('identifier')] },
  ValueSet: { indexes: [by('url'), by('identifier')] },
  ConceptMap: { indexes: [by('url'), by('identifier')] },
};

/** The indexes of a type's current versions, beside the one on `_id`. */
export function indexesOf(resourceType: string): readonly IndexDefinition[] {
  return [LAST_UPDATED, BY_COMPARTMENT, ...(BY_TYPE[resourceType]?.indexes ?? [by('identifier')])];
}

/** The order of a type's searches; by `_id` (that is, by creation) where none is declared. */
export const defaultOrderOf = (resourceType: string): DefaultOrder | undefined => BY_TYPE[resourceType]?.order;
