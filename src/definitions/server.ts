/** What this server serves, declared once: its promises and their tests are made from it (FHIR R4, http.html#summary). */
import type { InteractionCode } from '../fhir/interaction.ts';

/** What `.well-known/smart-configuration` says (SMART App Launch 2.2, conformance.html), as far as others need it too. */
export interface SmartConfiguration {
  readonly authorization_endpoint?: string;
  readonly token_endpoint: string;
  readonly introspection_endpoint?: string;
  readonly revocation_endpoint?: string;
  readonly registration_endpoint?: string;
  readonly management_endpoint?: string;
}

/** What a promise is made for: one running server. */
export interface ServerInstance {
  /** The FHIR base URL without a slash at its end. */
  readonly baseUrl: string;
  /** Whether a conditional delete may delete several resources; only one where it is not said. */
  readonly conditionalDelete?: 'single' | 'multiple';
  /** Whether web pages of other origins may read answers. */
  readonly cors?: boolean;
  /** How access tokens are got; undefined: access control is off. */
  readonly smart?: SmartConfiguration | undefined;
}

/** The version is the one of package.json; the date is when it was released, as a FHIR date. */
export const software = { name: 'Jenner', version: '0.1.0', releaseDate: '2026-11-22' } as const;

/** The only format, in and out. */
export const mediaType = 'application/fhir+json';

/** A request line in the words of http.html: `[type]`, `[id]` and `[vid]` stand for what the client says. */
export interface RequestForm {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the base URL, without a slash at its ends. */
  readonly path: string;
}

interface ServedInteraction {
  /** Whether the CapabilityStatement lists it for each resource type, for the system, or nowhere (its own). */
  readonly level: 'type' | 'conditional' | 'operation' | 'system' | 'statement';
  readonly requests: readonly RequestForm[];
}

/** Every interaction with the requests that ask for it; a code of `Interaction` that is missing here does not compile. */
export const servedInteractions = {
  read: { level: 'type', requests: [{ method: 'GET', path: '[type]/[id]' }] },
  vread: { level: 'type', requests: [{ method: 'GET', path: '[type]/[id]/_history/[vid]' }] },
  update: { level: 'type', requests: [{ method: 'PUT', path: '[type]/[id]' }] },
  patch: { level: 'type', requests: [{ method: 'PATCH', path: '[type]/[id]' }] },
  delete: { level: 'type', requests: [{ method: 'DELETE', path: '[type]/[id]' }] },
  'history-instance': { level: 'type', requests: [{ method: 'GET', path: '[type]/[id]/_history' }] },
  'history-type': { level: 'type', requests: [{ method: 'GET', path: '[type]/_history' }] },
  create: { level: 'type', requests: [{ method: 'POST', path: '[type]' }] },
  'search-type': {
    level: 'type',
    requests: [
      { method: 'GET', path: '[type]' },
      { method: 'POST', path: '[type]/_search' },
      { method: 'GET', path: 'Patient/[id]/[type]' },
      { method: 'POST', path: 'Patient/[id]/[type]/_search' },
    ],
  },
  // The CapabilityStatement has members of its own for these three.
  'conditional-update': { level: 'conditional', requests: [{ method: 'PUT', path: '[type]' }] },
  'conditional-patch': { level: 'conditional', requests: [{ method: 'PATCH', path: '[type]' }] },
  'conditional-delete': { level: 'conditional', requests: [{ method: 'DELETE', path: '[type]' }] },
  operation: { level: 'operation', requests: [] },
  transaction: { level: 'system', requests: [{ method: 'POST', path: '' }] },
  batch: { level: 'system', requests: [{ method: 'POST', path: '' }] },
  'search-system': {
    level: 'system',
    requests: [
      { method: 'GET', path: '' },
      { method: 'POST', path: '_search' },
      { method: 'GET', path: 'Patient/[id]/*' },
      { method: 'POST', path: 'Patient/[id]/*/_search' },
      { method: 'POST', path: 'Patient/[id]/_search' },
    ],
  },
  'history-system': { level: 'system', requests: [{ method: 'GET', path: '_history' }] },
  capabilities: { level: 'statement', requests: [{ method: 'GET', path: 'metadata' }] },
} as const satisfies Readonly<Record<InteractionCode, ServedInteraction>>;

type Served = typeof servedInteractions;
type CodeAt<Level> = { [Code in keyof Served]: Served[Code]['level'] extends Level ? Code : never }[keyof Served];

export type TypeInteraction = CodeAt<'type'>;
export type SystemInteraction = CodeAt<'system'>;

const codesAt = <Level extends ServedInteraction['level']>(level: Level): readonly CodeAt<Level>[] =>
  (Object.keys(servedInteractions) as (keyof Served)[]).filter(
    (code): code is CodeAt<Level> => servedInteractions[code].level === level,
  );

/** The interactions of every served resource type. */
export const typeInteractions: readonly TypeInteraction[] = codesAt('type');
/** Writes of what a search names, of every served resource type. */
export type ConditionalInteraction = CodeAt<'conditional'>;
export const conditionalInteractions: readonly ConditionalInteraction[] = codesAt('conditional');
/** The interactions of the server as a whole. */
export const systemInteractions: readonly SystemInteraction[] = codesAt('system');

/** Resources on a page of a search or history: where the client doesn't say, and at most. */
export const pageSize = { usual: 50, most: 1000 } as const;

interface ResultParameter {
  readonly name: string;
  readonly description: string;
  /** Of each of its values, as JSON Schema says it; text where nothing is said. */
  readonly schema?: {
    readonly type?: 'integer' | 'array';
    readonly minimum?: number;
    readonly enum?: readonly string[];
  };
}

interface JoinParameter {
  readonly name: '_list' | '_content' | '_text';
  /** HL7's definition, where there is one. */
  readonly url?: string;
  readonly type: 'special' | 'string';
  readonly description: string;
}

const WORDS = 'whole words, in any order; and, or, not, parentheses and "phrases"';

/** Criteria of every search that no single element tells: what Lists name, and the words of a resource. */
export const joinParameters: readonly JoinParameter[] = [
  { name: '_list', type: 'special', description: 'Ids of List resources: what one of them names.' },
  {
    name: '_content',
    url: 'http://hl7.org/fhir/SearchParameter/Resource-content',
    type: 'string',
    description: `Words of the whole resource: ${WORDS}.`,
  },
  {
    name: '_text',
    url: 'http://hl7.org/fhir/SearchParameter/DomainResource-text',
    type: 'string',
    description: `Words of the narrative: ${WORDS}.`,
  },
];

/** Parameters of every search that are about its result, not about the resources (search.html#return). */
export const resultParameters = [
  {
    name: '_count',
    description: `Resources on a page: ${pageSize.usual} where it is not given, at most ${pageSize.most}. 0 answers with the total alone.`,
    schema: { type: 'integer', minimum: 0 },
  },
  {
    name: '_sort',
    description:
      'Search parameters of the type, joined by commas, descending after a -. Any order for few matches; for many, one that an index has.',
  },
  {
    name: '_include',
    description: '[type]:[parameter], [type]:[parameter]:[target type], [type]:* or *: what the matches refer to.',
    schema: { type: 'array' },
  },
  {
    name: '_include:iterate',
    description: 'The same, followed from what is included too.',
    schema: { type: 'array' },
  },
  {
    name: '_revinclude',
    description: '[type]:[parameter], [type]:* or *: what refers to the matches.',
    schema: { type: 'array' },
  },
  {
    name: '_revinclude:iterate',
    description: 'The same, followed from what is included too.',
    schema: { type: 'array' },
  },
  {
    name: '_total',
    description: 'Whether to count the matches beside the page: exactly, as far as an estimate needs, or not.',
    schema: { enum: ['none', 'estimate', 'accurate'] },
  },
  {
    name: '_summary',
    description: 'A part of each resource, or the number of matches alone.',
    schema: { enum: ['true', 'text', 'data', 'count', 'false'] },
  },
  { name: '_elements', description: 'Names of the elements of the matches that are wanted, joined by commas.' },
] as const satisfies readonly ResultParameter[];

/** What chooses the types of a search across types. */
export const typeParameter = {
  name: '_type',
  description: 'The types that are searched, joined by commas; all where it is not given.',
} as const satisfies ResultParameter;
