/** Parts that elements with invariants are made of: each part may be there or not, in one of several values. */
import fc from 'fast-check';
import type { JsonObject } from '../../../../src/fhir/resource-content.ts';

const UCUM = 'http://unitsofmeasure.org';
const TEXT = { text: 'a' };
const EXTENSION = [{ url: 'http://example.org/x', valueString: 'y' }];
const PRIMITIVE = { extension: EXTENSION };

/** Any selection of the parts; `constant` parts are always there. */
const made = (
  parts: Readonly<Record<string, readonly unknown[]>>,
  constant: JsonObject = {},
): fc.Arbitrary<JsonObject> =>
  fc
    .oneof(
      { weight: 2, arbitrary: fc.constant({}) },
      {
        weight: 8,
        arbitrary: fc.record(
          Object.fromEntries(Object.entries(parts).map(([name, values]) => [name, fc.constantFrom(...values)])),
          { requiredKeys: [] },
        ),
      },
    )
    .map((some) => ({ ...constant, ...some }));

const quantity = made({
  value: [1, 0, -1, 1.5],
  code: ['1', 'mo'],
  system: [UCUM, 'http://example.org'],
  unit: ['x'],
  _value: [PRIMITIVE],
});
const millimetres = (value: number) => ({ value, unit: 'mm', system: UCUM, code: 'mm' });
const concept = (system: string, code: string) => ({
  coding: [{ system: `http://terminology.hl7.org/CodeSystem/${system}`, code }],
});
const allergyVerification = [
  concept('allergyintolerance-verification', 'entered-in-error'),
  concept('allergyintolerance-verification', 'confirmed'),
  TEXT,
];
const conditionVerification = [
  concept('condition-ver-status', 'entered-in-error'),
  concept('condition-ver-status', 'confirmed'),
  TEXT,
];
const conditionClinical = [concept('condition-clinical', 'resolved'), concept('condition-clinical', 'active'), TEXT];
const instants = ['2020', '2020-03', '2021-01-01', '2020-03-01T10:00:00Z', '2020-03-01T11:30:00+02:00'];
const coding = (code: string) => ({ coding: [{ system: 'http://loinc.org', code }] });
const composition = { resourceType: 'Composition' };
const patient = (versionId?: string) => ({ resourceType: 'Patient', ...(versionId ? { meta: { versionId } } : {}) });
const request = { method: 'GET', url: 'Patient' };
const response = { status: '200' };
const entries = [
  [{ resource: patient() }],
  [{ resource: composition }, { resource: patient() }],
  [{ resource: { resourceType: 'MessageHeader' } }],
  [{ resource: patient(), request }],
  [{ resource: patient(), response }],
  [{ resource: patient(), request, response }],
  [{ resource: patient(), search: { mode: 'match' } }],
  [
    { fullUrl: 'http://example.org/Patient/1', resource: patient('1') },
    { fullUrl: 'http://example.org/Patient/1', resource: patient('2') },
  ],
  [
    { fullUrl: 'http://example.org/Patient/1', resource: patient() },
    { fullUrl: 'http://example.org/Patient/1', resource: patient() },
  ],
];
const timing = { repeat: { count: 1 } };
const software = { name: 'S' };
const implementation = { description: 'I' };
const resources = [
  [{ type: 'Patient' }],
  [{ type: 'Patient' }, { type: 'Patient' }],
  [{ type: 'Patient' }, { type: 'Flag' }],
];

const statementParts = {
  description: ['d'],
  software: [software],
  implementation: [implementation],
  rest: [[{ mode: 'server' }]],
  messaging: [[{ reliableCache: 1 }], [{ endpoint: [{ address: 'http://example.org' }] }]],
  document: [
    [{ mode: 'producer', profile: 'http://example.org/a' }],
    [
      { mode: 'producer', profile: 'http://example.org/a' },
      { mode: 'producer', profile: 'http://example.org/a' },
    ],
  ],
};
const include = {
  concept: [[{ code: 'a' }]],
  filter: [[{ property: 'p', op: '=', value: 'v' }]],
  valueSet: [['http://example.org']],
};

/** By the path of the element or type. */
export const elementPools: Readonly<Record<string, fc.Arbitrary<JsonObject>>> = {
  Quantity: quantity,
  Age: quantity,
  Count: quantity,
  Distance: quantity,
  Duration: quantity,
  Range: made({ low: [millimetres(1), millimetres(5)], high: [millimetres(1), millimetres(3)] }),
  Ratio: made({ numerator: [millimetres(1)], denominator: [millimetres(2)], extension: [EXTENSION] }),
  Period: made({
    start: ['2020', '2021', '2020-03-01T10:00:00Z', '2020-03-01T11:30:00+02:00'],
    end: ['2019', '2020', '2020-03-01T09:45:00Z'],
  }),
  Extension: made(
    { valueString: ['a'], _valueString: [PRIMITIVE], extension: [EXTENSION], id: ['i'] },
    { url: 'http://example.org' },
  ),
  Attachment: made({ data: ['AAAA'], _data: [PRIMITIVE], contentType: ['text/plain'], url: ['http://example.org'] }),
  ContactPoint: made({ value: ['1'], _value: [PRIMITIVE], system: ['phone'], use: ['home'] }),
  Expression: made({ expression: ['true'], reference: ['http://example.org'], language: ['text/fhirpath'] }),
  'DataRequirement.codeFilter': made({ path: ['code'], searchParam: ['code'], valueSet: ['http://example.org'] }),
  'DataRequirement.dateFilter': made({ path: ['code'], searchParam: ['code'], valueDateTime: ['2020'] }),
  TriggerDefinition: made({
    type: ['named-event', 'periodic', 'data-added'],
    name: ['n'],
    timingTiming: [timing],
    timingDate: ['2020'],
    data: [[{ type: 'Patient' }]],
    condition: [{ language: 'text/fhirpath', expression: 'true' }],
  }),
  'Timing.repeat': made({
    count: [1],
    countMax: [2],
    duration: [1, -1],
    durationMax: [2],
    durationUnit: ['h'],
    period: [1, -0.5],
    periodMax: [2],
    periodUnit: ['d'],
    offset: [5],
    when: [['MORN'], ['C'], ['CV']],
    timeOfDay: [['10:00:00']],
  }),
  'Patient.contact': made({
    name: [TEXT],
    telecom: [[{ value: '1' }]],
    address: [TEXT],
    organization: [{ display: 'O' }],
    gender: ['male'],
  }),
  Organization: made(
    { identifier: [[{ value: '1' }]], name: ['N'], _name: [PRIMITIVE], alias: [['A']] },
    { resourceType: 'Organization' },
  ),
  'Organization.address': made({ use: ['home', 'work'], city: ['C'] }),
  'Organization.telecom': made({ use: ['home', 'work'], value: ['1'] }),
  'Immunization.education': made({ documentType: ['d'], reference: ['http://example.org'], publicationDate: ['2020'] }),
  'ImmunizationRecommendation.recommendation': made({
    vaccineCode: [[TEXT]],
    targetDisease: [TEXT],
    forecastStatus: [TEXT],
  }),
  Group: made({ member: [[{ entity: { reference: 'Patient/1' } }]], actual: [true, false] }, { resourceType: 'Group' }),
  Consent: made(
    { policy: [[{ uri: 'http://example.org' }]], policyRule: [TEXT], status: ['active'] },
    { resourceType: 'Consent' },
  ),
  'AuditEvent.entity': made({ name: ['n'], query: ['AAAA'], what: [{ display: 'w' }] }),
  Task: made({ lastModified: instants, authoredOn: instants }, { resourceType: 'Task' }),
  'Parameters.parameter': made({
    valueString: ['v'],
    valueQuantity: [millimetres(1)],
    resource: [patient()],
    part: [[{ name: 'p', valueString: 'v' }]],
  }).filter((parameter) => !('valueString' in parameter && 'valueQuantity' in parameter)),
  AllergyIntolerance: made(
    { verificationStatus: allergyVerification, clinicalStatus: [concept('allergyintolerance-clinical', 'active')] },
    { resourceType: 'AllergyIntolerance' },
  ),
  Condition: made(
    {
      verificationStatus: conditionVerification,
      clinicalStatus: conditionClinical,
      abatementString: ['a'],
      abatementDateTime: ['2020'],
    },
    { resourceType: 'Condition' },
  ).filter((condition) => !('abatementString' in condition && 'abatementDateTime' in condition)),
  'Condition.stage': made({ summary: [TEXT], assessment: [[{ display: 'a' }]], type: [TEXT] }),
  'Condition.evidence': made({ code: [[TEXT]], detail: [[{ display: 'a' }]] }),
  Observation: made(
    {
      code: [coding('a'), TEXT],
      valueString: ['v'],
      dataAbsentReason: [TEXT],
      component: [[{ code: coding('a') }], [{ code: coding('b') }, { code: coding('a') }], [{ code: TEXT }]],
    },
    { resourceType: 'Observation' },
  ),
  'Observation.referenceRange': made({ low: [millimetres(1)], high: [millimetres(2)], text: ['t'], type: [TEXT] }),
  List: made(
    {
      mode: ['working', 'changes', 'snapshot'],
      emptyReason: [TEXT],
      entry: [
        [{ item: { display: 'a' } }],
        [{ item: { display: 'a' }, deleted: true }],
        [{ item: { display: 'a' }, date: '2020' }],
      ],
    },
    { resourceType: 'List' },
  ).filter((list) => 'mode' in list),
  Measure: made(
    {
      group: [
        [{ stratifier: [{ code: TEXT }, { component: [{ criteria: { expression: 'x' } }] }] }],
        [{ stratifier: [{ code: TEXT, component: [{ criteria: { expression: 'x' } }] }] }],
        [{ stratifier: [{ id: 's' }] }],
      ],
    },
    { resourceType: 'Measure' },
  ),
  MeasureReport: made(
    {
      type: ['individual', 'data-collection'],
      group: [
        [{ stratifier: [{ stratum: [{ value: TEXT }] }] }],
        [{ stratifier: [{ stratum: [{ value: TEXT, component: [{ code: TEXT }] }] }] }],
      ],
    },
    { resourceType: 'MeasureReport' },
  ).filter((report) => 'type' in report),
  Bundle: made(
    {
      total: [1],
      timestamp: ['2020-01-01T00:00:00Z'],
      identifier: [{ system: 'urn:x', value: '1' }, { value: '1' }],
      entry: entries,
      type: ['document', 'message', 'transaction', 'batch', 'searchset', 'history', 'batch-response', 'collection'],
    },
    { resourceType: 'Bundle' },
  ).filter((bundle) => 'type' in bundle),
  'Bundle.entry': made({
    fullUrl: ['http://example.org/Patient/1', 'http://example.org/Patient/1/_history/2'],
    resource: [patient()],
    request: [request],
    response: [response],
    link: [[{ relation: 'self', url: 'http://example.org' }]],
  }),
  CapabilityStatement: fc.oneof(
    ...['instance', 'capability', 'requirements'].map((kind) =>
      made(statementParts, { resourceType: 'CapabilityStatement', kind }),
    ),
  ),
  'CapabilityStatement.rest': made({ mode: ['server'], resource: resources }),
  'CapabilityStatement.rest.resource': made({
    type: ['Patient'],
    searchParam: [
      [{ name: 'a', type: 'string' }],
      [
        { name: 'a', type: 'string' },
        { name: 'a', type: 'token' },
      ],
    ],
  }),
  CodeSystem: made(
    {
      concept: [
        [{ code: 'a', concept: [{ code: 'b' }] }],
        [{ code: 'a' }, { code: 'a' }],
        [{ code: 'a', concept: [{ code: 'b' }, { code: 'b' }] }],
      ],
    },
    { resourceType: 'CodeSystem' },
  ),
  'ConceptMap.group.element.target': made({
    comment: ['c'],
    equivalence: ['narrower', 'inexact', 'equal'],
    code: ['a'],
  }),
  'ConceptMap.group.unmapped': made({
    mode: ['fixed', 'other-map', 'provided'],
    code: ['a'],
    url: ['http://example.org'],
  }),
  'ValueSet.compose.include': made({ ...include, system: ['http://example.org'] }),
  'ValueSet.expansion.contains': made({
    code: ['a'],
    display: ['A'],
    system: ['http://example.org'],
    abstract: [true, false],
  }),
};
