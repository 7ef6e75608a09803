/**
 * The codes that the R4 specification lists under "Search Parameters" on each resource's page, written down apart
 * from the definitions, so that a lost or added file is noticed (FHIR R4 4.0.1, e.g. patient.html#search).
 */

import type { ResourceType } from '../../../src/definitions/resource-types.ts';

const codes = (text: string): readonly string[] => text.trim().split(/\s+/);

/** The codes that a page lists for all resources, and the two of the search page that have definitions of their own. */
export const codesOfResource = codes('_content _filter _id _lastUpdated _profile _query _security _source _tag');
export const codesOfDomainResource = codes('_text');

/** The codes that R4, and US Core, define in profiles and extension packs rather than on the page of the type. */
export const codesOfExtensions: Partial<Record<ResourceType, readonly string[]>> = {
  Patient: codes('age birthOrderBoolean ethnicity mothersMaidenName race'),
  Observation: codes('amino-acid-change dna-variant gene-amino-acid-change gene-dnavariant gene-identifier'),
  Device: codes('din'),
  Encounter: codes('discharge-disposition'),
};

/** The codes on the page of each type. */
export const codesOfPage: Record<ResourceType, readonly string[]> = {
  Patient: codes(`active address address-city address-country address-postalcode address-state address-use birthdate
    death-date deceased email family gender general-practitioner given identifier language link name organization phone
    phonetic telecom`),
  Immunization: codes(`date identifier location lot-number manufacturer patient performer reaction reaction-date
    reason-code reason-reference series status status-reason target-disease vaccine-code`),
  ImmunizationRecommendation: codes('date identifier information patient status support target-disease vaccine-type'),
  ImmunizationEvaluation: codes('date dose-status identifier immunization-event patient status target-disease'),
  Organization: codes(`active address address-city address-country address-postalcode address-state address-use endpoint
    identifier name partof phonetic type`),
  Practitioner: codes(`active address address-city address-country address-postalcode address-state address-use
    communication email family gender given identifier name phone phonetic telecom`),
  PractitionerRole: codes(`active date email endpoint identifier location organization phone practitioner role service
    specialty telecom`),
  Location: codes(`address address-city address-country address-postalcode address-state address-use endpoint identifier
    name near operational-status organization partof status type`),
  RelatedPerson: codes(`active address address-city address-country address-postalcode address-state address-use
    birthdate email gender identifier name patient phone phonetic relationship telecom`),
  Person:
    codes(`address address-city address-country address-postalcode address-state address-use birthdate email gender
    identifier link name organization patient phone phonetic practitioner relatedperson telecom`),
  Group: codes('actual characteristic characteristic-value code exclude identifier managing-entity member type value'),
  Consent: codes(`action actor category consentor data date identifier organization patient period purpose scope
    security-label source-reference status`),
  Provenance: codes(`agent agent-role agent-type entity location patient recorded signature-type target when`),
  AuditEvent: codes(`action address agent agent-name agent-role altid date entity entity-name entity-role entity-type
    outcome patient policy site source subtype type`),
  Condition: codes(`abatement-age abatement-date abatement-string asserter body-site category clinical-status code
    encounter evidence evidence-detail identifier onset-age onset-date onset-info patient recorded-date severity stage
    subject verification-status`),
  Observation: codes(`based-on category code code-value-concept code-value-date code-value-quantity code-value-string
    combo-code combo-code-value-concept combo-code-value-quantity combo-data-absent-reason combo-value-concept
    combo-value-quantity component-code component-code-value-concept component-code-value-quantity
    component-data-absent-reason component-value-concept component-value-quantity data-absent-reason date derived-from
    device encounter focus has-member identifier method part-of patient performer specimen status subject value-concept
    value-date value-quantity value-string`),
  AllergyIntolerance: codes(`asserter category clinical-status code criticality date identifier last-date manifestation
    onset patient recorder route severity type verification-status`),
  Encounter: codes(`account appointment based-on class date diagnosis episode-of-care identifier length location
    location-period part-of participant participant-type patient practitioner reason-code reason-reference
    service-provider special-arrangement status subject type`),
  EpisodeOfCare: codes(`care-manager condition date identifier incoming-referral organization patient status type`),
  Device: codes(`device-name identifier location manufacturer model organization patient status type udi-carrier udi-di
    url`),
  Endpoint: codes('connection-type identifier name organization payload-type status'),
  Measure: codes(`composed-of context context-quantity context-type context-type-quantity context-type-value date
    depends-on derived-from description effective identifier jurisdiction name predecessor publisher status successor
    title topic url version`),
  MeasureReport: codes('date evaluated-resource identifier measure patient period reporter status subject'),
  Communication: codes(`based-on category encounter identifier instantiates-canonical instantiates-uri medium part-of
    patient received recipient sender sent status subject`),
  CommunicationRequest:
    codes(`authored based-on category encounter group-identifier identifier medium occurrence patient
    priority recipient replaces requester sender status subject`),
  Task: codes(`authored-on based-on business-status code encounter focus group-identifier identifier intent modified
    owner part-of patient performer period priority requester status subject`),
  Flag: codes('author date encounter identifier patient subject'),
  Subscription: codes('contact criteria payload status type url'),
  Binary: [],
  DocumentReference:
    codes(`authenticator author category contenttype custodian date description encounter event facility
    format identifier language location patient period related relatesto relation relationship security-label setting
    status subject type`),
  List: codes('code date empty-reason encounter identifier item notes patient source status subject title'),
  Basic: codes('author code created identifier patient subject'),
  CodeSystem:
    codes(`code content-mode context context-quantity context-type context-type-quantity context-type-value date
    description identifier jurisdiction language name publisher status supplements system title url version`),
  ValueSet: codes(`code context context-quantity context-type context-type-quantity context-type-value date description
    expansion identifier jurisdiction name publisher reference status title url version`),
  ConceptMap: codes(`context context-quantity context-type context-type-quantity context-type-value date dependson
    description identifier jurisdiction name other product publisher source source-code source-system source-uri status
    target target-code target-system target-uri title url version`),
};
