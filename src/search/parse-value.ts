/** One value of a search parameter, read as its type and modifier say (FHIR R4, search.html#ptypes, search.html#modifiers). */
import type { SearchValue } from './query.ts';
import { parseSubsumption, parseValueSet } from './types/code-set.ts';
import { parseCompositeValue } from './types/composite.ts';
import { parseDateValue } from './types/date.ts';
import { parseNumberValue } from './types/number.ts';
import { parseQuantityValue } from './types/quantity.ts';
import { parseReferenceValue } from './types/reference.ts';
import { parseStringValue } from './types/string.ts';
import { parseOfTypeValue, parseTokenValue } from './types/token.ts';
import { parseUriValue } from './types/uri.ts';
import { readText, refuseValue, type ValueContext } from './value-reader.ts';

/** @throws FhirError 400 naming the parameter, never the value */
export function parseValue(raw: string, context: ValueContext): SearchValue {
  switch (context.modifier) {
    case 'missing':
      return parseMissing(raw, context);
    case 'text':
      return parseStringValue(raw, context);
    case 'of-type':
      return parseOfTypeValue(raw, context);
    case 'identifier':
      return parseTokenValue(raw, context);
    case 'in':
    case 'not-in':
      return parseValueSet(raw, context);
    case 'above':
    case 'below':
      return context.parameter.type === 'token'
        ? parseSubsumption(raw, context, context.modifier)
        : parseTyped(raw, context);
    default:
      return parseTyped(raw, context);
  }
}

function parseTyped(raw: string, context: ValueContext): SearchValue {
  switch (context.parameter.type) {
    case 'date':
      return parseDateValue(raw, context);
    case 'number':
      return parseNumberValue(raw, context);
    case 'quantity':
      return parseQuantityValue(raw, context);
    case 'reference':
      return parseReferenceValue(raw, context);
    case 'string':
      return parseStringValue(raw, context);
    case 'token':
      return parseTokenValue(raw, context);
    case 'uri':
      return parseUriValue(raw, context);
    case 'composite':
      return parseCompositeValue(raw, context, parseTyped);
  }
}

function parseMissing(raw: string, context: ValueContext): SearchValue {
  const text = readText(raw, context);
  if (text !== 'true' && text !== 'false') throw refuseValue(context, 'takes true or false');
  return { type: 'missing', missing: text === 'true' };
}
