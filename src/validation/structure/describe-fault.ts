/** What an error of the schema means, in words a person can act on (FHIR R4, json.html, operationoutcome.html). */
import type { Finding } from '../finding.ts';
import type { StructureError } from './check-structure.ts';
import { ELEMENT_RULE } from './element-rule.ts';
import type { Location } from './locate.ts';
import { mostSimilar } from './similar.ts';

type Description = Omit<Finding, 'severity'>;
type Describe = (params: StructureError['params'], location: Location) => Description;

/** @returns undefined for errors that only say that another one was found below. */
export function describeFault({ keyword, params }: StructureError, location: Location): Description | undefined {
  return describers[keyword]?.(params, location);
}

const structural = (id: string, expression: string, message: string): Description => ({
  code: 'structure',
  id,
  expression,
  message,
  layer: 'structure',
});

const describers: Readonly<Record<string, Describe>> = {
  additionalProperties: ({ additionalProperty }, location) => describeUnknown(String(additionalProperty), location),
  [ELEMENT_RULE]: ({ fault, element }, { expression }) =>
    fault === 'missing'
      ? missing(`${expression}.${element}`)
      : structural('choice', `${expression}.${element}`, `${element}[x] may be given in one type only.`),
  enum: ({ allowedValues }, { expression }) => describeCodes(allowedValues as readonly (string | null)[], expression),
  type: ({ type }, location) => describeType(type, location),
  minItems: (_, { expression }) => structural('empty', expression, 'An array must not be empty; leave it out.'),
  minProperties: (_, { expression }) => structural('empty', expression, 'An object must not be empty; leave it out.'),
  minLength: (_, { expression }) => structural('empty', expression, 'A string must not be empty; leave it out.'),
  minimum: ({ limit }, { expression }) => outOfRange(expression, `${limit} or more`),
  maximum: ({ limit }, { expression }) => outOfRange(expression, `${limit} or less`),
  required: (_, { expression }) => missing(`${expression}.resourceType`),
};

const missing = (expression: string): Description => ({
  code: 'required',
  id: 'cardinality',
  expression,
  message: `${expression.slice(expression.lastIndexOf('.') + 1)} is required.`,
  layer: 'structure',
});

const outOfRange = (expression: string, range: string): Description => ({
  code: 'value',
  id: 'integer-range',
  expression,
  message: `The number must be ${range}.`,
  layer: 'structure',
});

/** A name is repeated only where it looks like one. */
function describeUnknown(name: string, { expression, shape }: Location): Description {
  if (!/^\w{1,64}$/.test(name))
    return structural('unknown-element', expression, 'There is an element of an unusual name.');
  const names = [...(shape?.members.keys() ?? [])].filter((known) => !known.startsWith('_'));
  const similar = mostSimilar(name, names);
  const hint = similar ? ` Did you mean ${similar}?` : '';
  return structural('unknown-element', `${expression}.${name}`, `${shape?.path} has no element ${name}.${hint}`);
}

const MOST_CODES = 30;

function describeCodes(allowed: readonly (string | null)[], expression: string): Description {
  const codes = allowed.filter((code) => code !== null);
  const listed = codes.slice(0, MOST_CODES).join(', ');
  const more = codes.length > MOST_CODES ? `, … (${codes.length} in all)` : '';
  return {
    code: 'code-invalid',
    id: 'required-binding',
    expression,
    message: `The code must be one of ${listed}${more}.`,
    layer: 'binding',
  };
}

const NAMES: Readonly<Record<string, string>> = {
  array: 'an array, since the element can repeat',
  boolean: 'true or false, without quotes',
  integer: 'a whole number, without quotes',
  number: 'a number, without quotes',
  object: 'an object',
  string: 'a string',
};

function describeType(type: unknown, { expression, value }: Location): Description {
  const [wanted] = Array.isArray(type) ? (type as readonly unknown[]) : [type];
  const name = NAMES[String(wanted)] ?? String(wanted);
  if (Array.isArray(value)) {
    return structural('json-type', expression, `The element can't repeat: it must be ${name}, not an array.`);
  }
  return structural('json-type', expression, `The value must be ${name}.`);
}
