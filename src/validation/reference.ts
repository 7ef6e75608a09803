/** References: their syntax, the types they may point to, and what they say of themselves (FHIR R4, references.html). */
import type { JsonObject } from '../fhir/resource-content.ts';
import type { Fault } from './primitive/check.ts';

/** Where a reference stands and what it may be. */
export interface ReferenceRules {
  /** Undefined where it may point to any type. */
  readonly targets: ReadonlySet<string> | undefined;
  /** All resource types of R4. */
  readonly resourceTypes: ReadonlySet<string>;
  /** Type of the contained resource of that id; `''` for one without a type, undefined where there is none. */
  readonly containedType: (id: string) => string | undefined;
  readonly allowsConditional: boolean;
}

const RELATIVE = /^([A-Z][A-Za-z]+)\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[A-Za-z0-9\-.]{1,64})?(?:#[^\s]*)?$/;
const CONDITIONAL = /^([A-Z][A-Za-z]+)\?[^\s]+$/;
const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*:[^\s]+$/;
const UUID = /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const OID = /^urn:oid:[0-2](?:\.(?:0|[1-9][0-9]*))+$/;
/** The end of an absolute URL of a RESTful server. */
const RESTFUL_END = /\/([A-Z][A-Za-z]+)\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/;
const DEFINITION = 'http://hl7.org/fhir/StructureDefinition/';

/** What a literal reference says of its target: its type where it tells, `''` where it does not. */
type Reading = { readonly type: string } | { readonly fault: Fault };

const SYNTAX: Fault = {
  id: 'reference-syntax',
  code: 'value',
  message: 'A reference is Type/id, an absolute URL, urn:uuid:, urn:oid:, or # and the id of a contained resource.',
};
const CONDITIONAL_FAULT: Fault = {
  id: 'reference-conditional',
  code: 'value',
  message: 'A conditional reference (Type?criteria) is resolved in the entries of a transaction only.',
};
const UNRESOLVED: Fault = {
  id: 'ref-1',
  code: 'invariant',
  message: 'There is no contained resource of the id that the local reference names.',
};

/** @returns what is wrong with a Reference, undefined where nothing is. */
export function checkReference({ reference, type }: JsonObject, rules: ReferenceRules): Fault | undefined {
  const declared = typeof type === 'string' ? declaredType(type) : '';
  if (typeof reference !== 'string' || reference === '') return checkTarget(declared, rules);
  const reading = readReference(reference, rules);
  if ('fault' in reading) return reading.fault;
  if (isKnown(declared, rules) && reading.type !== '' && declared !== reading.type) return mismatch(declared);
  return checkTarget(reading.type || declared, rules);
}

const declaredType = (uri: string): string => (uri.startsWith(DEFINITION) ? uri.slice(DEFINITION.length) : uri);

const isKnown = (type: string, { resourceTypes }: ReferenceRules): boolean => resourceTypes.has(type);

function checkTarget(type: string, rules: ReferenceRules): Fault | undefined {
  const { targets } = rules;
  if (!targets || !isKnown(type, rules) || targets.has(type)) return undefined;
  return {
    id: 'reference-target',
    code: 'value',
    message: `The reference must be to ${[...targets].join(' or ')}, not to ${type}.`,
  };
}

const mismatch = (declared: string): Fault => ({
  id: 'reference-type',
  code: 'value',
  message: `The reference is not to the type that it declares: ${declared}.`,
});

function readReference(reference: string, rules: ReferenceRules): Reading {
  const [, relative] = RELATIVE.exec(reference) ?? [];
  if (relative !== undefined) return isKnown(relative, rules) ? { type: relative } : { fault: SYNTAX };
  if (reference.startsWith('#')) return readLocal(reference.slice(1), rules);
  if (SCHEME.test(reference)) return readAbsolute(reference, rules);
  const [, sought] = CONDITIONAL.exec(reference) ?? [];
  if (sought === undefined || !isKnown(sought, rules)) return { fault: SYNTAX };
  return rules.allowsConditional ? { type: sought } : { fault: CONDITIONAL_FAULT };
}

/** `#` alone is the container itself. */
function readLocal(id: string, { containedType }: ReferenceRules): Reading {
  const type = id === '' ? '' : containedType(id);
  return type === undefined ? { fault: UNRESOLVED } : { type };
}

function readAbsolute(reference: string, rules: ReferenceRules): Reading {
  if (reference.startsWith('urn:uuid:')) return UUID.test(reference) ? { type: '' } : { fault: SYNTAX };
  if (reference.startsWith('urn:oid:')) return OID.test(reference) ? { type: '' } : { fault: SYNTAX };
  const [, type = ''] = RESTFUL_END.exec(reference) ?? [];
  return { type: isKnown(type, rules) ? type : '' };
}
