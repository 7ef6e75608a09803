/** Search parameters of type reference (FHIR R4, search.html#reference and search.html#versions). */
import { formatReference, parseReference } from '../../fhir/reference.ts';
import { isLogicalId, isObject } from '../../fhir/resource-content.ts';
import type { Extract as ExtractFrom, Extractors } from '../index-entry.ts';
import { readText, refuseValue, type ValueContext } from '../value-reader.ts';
import { canonicalKeys } from './uri.ts';

export interface SearchedReference {
  readonly type: 'reference';
  readonly keys: readonly string[];
}

const ABSOLUTE = /^[A-Za-z][A-Za-z0-9+.-]*:/;

/** Reads an id, `Type/id`, `Type/id/_history/version`, or an absolute URL, also one of this server. */
export function parseReferenceValue(raw: string, context: ValueContext): SearchedReference {
  const text = relativeTo(context.baseUrl, readText(raw, context));
  const literal = parseReference(text);
  if (context.targetType) return searched([typedKey(text, context.targetType, context)]);
  if (literal) return searched([formatReference(literal)]);
  if (ABSOLUTE.test(text)) return searched([text]);
  return searched(keysOfId(text, context));
}

const searched = (keys: readonly string[]): SearchedReference => ({ type: 'reference', keys });

function typedKey(text: string, targetType: string, context: ValueContext): string {
  const id = text.startsWith(`${targetType}/`) ? text.slice(targetType.length + 1) : text;
  if (!isLogicalId(id)) throw refuseValue(context, `takes the id of a ${targetType}`);
  return `${targetType}/${id}`;
}

/** A bare id may be of any type that the parameter allows. */
function keysOfId(id: string, context: ValueContext): readonly string[] {
  const { targets, types } = context.parameter;
  if (!isLogicalId(id)) throw refuseValue(context, 'takes an id, Type/id or an absolute URL');
  if (targets.length === 0 || !(types.has('Reference') || types.has('Resource'))) {
    throw refuseValue(context, 'takes an absolute URL or Type/id; the type of a bare id is not known here');
  }
  return targets.map((target) => `${target}/${id}`);
}

const relativeTo = (baseUrl: string, reference: string): string =>
  baseUrl !== '' && reference.startsWith(`${baseUrl}/`) ? reference.slice(baseUrl.length + 1) : reference;

const extractCanonical: ExtractFrom = (value, add) => {
  if (typeof value === 'string' && value !== '') add({ type: 'reference', keys: canonicalKeys(value) });
};

export const referenceExtractors: Extractors = {
  Reference: (value, add, baseUrl) => {
    if (!isObject(value)) return;
    const { reference, identifier } = value;
    if (typeof reference === 'string' && reference !== '') {
      add({ type: 'reference', keys: referenceKeys(relativeTo(baseUrl, reference)) });
    }
    if (isObject(identifier) && typeof identifier['value'] === 'string') {
      const system = typeof identifier['system'] === 'string' ? identifier['system'] : '';
      add({ type: 'identifier', system, code: identifier['value'] });
    }
  },
  // A resource nested in another, such as the first entry of a document, is its own reference.
  Resource: (value, add) => {
    if (!isObject(value)) return;
    const { resourceType, id } = value;
    if (typeof resourceType === 'string' && typeof id === 'string') {
      add({ type: 'reference', keys: [`${resourceType}/${id}`] });
    }
  },
  canonical: extractCanonical,
  uri: extractCanonical,
};

/** A versioned reference is found with and without its version. */
function referenceKeys(reference: string): readonly string[] {
  const version = reference.indexOf('/_history/');
  return version > 0 ? [reference.slice(0, version), reference] : [reference];
}

/** The resource type that a Reference names, by its literal reference or its `type`. */
export function referencedType(reference: unknown): string | undefined {
  if (!isObject(reference)) return undefined;
  const literal = typeof reference['reference'] === 'string' ? reference['reference'] : '';
  const [, named] = /(?:^|\/)([A-Z][A-Za-z]+)\/[^/]+(?:\/_history\/[^/]+)?$/.exec(literal) ?? [];
  return named ?? (typeof reference['type'] === 'string' ? reference['type'] : undefined);
}

export const matchesReference = (keys: readonly string[], { keys: wanted }: SearchedReference): boolean =>
  keys.some((key) => wanted.includes(key));
