/** The resource types that this server stores and serves (FHIR R4, resourcelist.html). */

/** In the order in which the documentation names them: the registry's own records first, then what supports them. */
export const resourceTypes = [
  'Patient',
  'Immunization',
  'ImmunizationRecommendation',
  'ImmunizationEvaluation',
  'Organization',
  'Practitioner',
  'PractitionerRole',
  'Location',
  'RelatedPerson',
  'Person',
  'Group',
  'Consent',
  'Provenance',
  'AuditEvent',
  'Condition',
  'Observation',
  'AllergyIntolerance',
  'Encounter',
  'EpisodeOfCare',
  'Device',
  'Endpoint',
  'Measure',
  'MeasureReport',
  'Communication',
  'CommunicationRequest',
  'Task',
  'Flag',
  'Subscription',
  'Binary',
  'DocumentReference',
  'List',
  'Basic',
  'CodeSystem',
  'ValueSet',
  'ConceptMap',
] as const;

export type ResourceType = (typeof resourceTypes)[number];

const served: ReadonlySet<string> = new Set(resourceTypes);

/** Is this the name of a resource type that the server stores? Case matters, as everywhere in FHIR. */
export const isResourceType = (name: string): name is ResourceType => served.has(name);
