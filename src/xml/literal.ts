/** The values of primitive types as XML attributes and as JSON literals (FHIR R4, xml.html, json.html#primitive, datatypes.html). */
import type { JsonNode } from './lossless-json.ts';

/**
 * How a primitive type is written. In `text` (string, markdown) white space at the ends is content; in every other type it
 * is not, and is trimmed where XML is read.
 */
export type LiteralKind = 'text' | 'token' | 'boolean' | 'integer' | 'decimal';

const kinds: Readonly<Record<string, LiteralKind>> = {
  string: 'text',
  markdown: 'text',
  boolean: 'boolean',
  integer: 'integer',
  positiveInt: 'integer',
  unsignedInt: 'integer',
  decimal: 'decimal',
};

/** The kind of a primitive type's literals, by the name of the type. */
export const literalKind = (type: string): LiteralKind => kinds[type] ?? 'token';

/** What a literal of the kind looks like, in words for a refusal. */
export const literalForm: Readonly<Record<LiteralKind, string>> = {
  text: 'a string of at least one character',
  token: 'a string of at least one character',
  boolean: 'true or false',
  integer: 'a whole number in decimal digits, such as 42',
  decimal: 'a decimal number, such as 1.50 or 2e-3',
};

// The lexical rules of FHIR's types are also those of JSON, so that digits go from one to the other as they are.
const INTEGER = /^-?(0|[1-9]\d*)$/;
const DECIMAL = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
const OUTER_SPACE = /^[ \t\r\n]+|[ \t\r\n]+$/g;

/** The JSON literal for the value of an XML attribute; undefined where the value is not of that kind. */
export function toJsonLiteral(kind: LiteralKind, value: string): string | undefined {
  const content = kind === 'text' ? value : value.replace(OUTER_SPACE, '');
  if (content === '') return undefined;
  switch (kind) {
    case 'text':
    case 'token':
      return JSON.stringify(content);
    case 'boolean':
      return content === 'true' || content === 'false' ? content : undefined;
    case 'integer':
      return INTEGER.test(content) ? content : undefined;
    case 'decimal':
      return DECIMAL.test(content) ? content : undefined;
  }
}

/** The value of an XML attribute (not yet escaped) for a JSON value; undefined where that is not of the kind. */
export function toXmlValue(kind: LiteralKind, node: JsonNode): string | undefined {
  switch (kind) {
    case 'text':
    case 'token':
      return typeof node === 'string' && node !== '' ? node : undefined;
    case 'boolean':
      return typeof node === 'boolean' ? String(node) : undefined;
    case 'integer':
      return digitsOf(node, INTEGER);
    case 'decimal':
      return digitsOf(node, DECIMAL);
  }
}

function digitsOf(node: JsonNode, form: RegExp): string | undefined {
  if (typeof node !== 'object' || node === null || !('digits' in node)) return undefined;
  return form.test(node.digits) ? node.digits : undefined;
}

/** Anything but the characters that an XML 1.0 document may hold; also half of a surrogate pair. */
const NOT_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/** Can XML 1.0 hold this text at all, even escaped? */
export const isXmlText = (text: string): boolean => !NOT_XML.test(text);

const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // A reader turns these into spaces unless they are written as references (XML 1.0, 3.3.3).
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/** The text as it stands between double quotes in an XML attribute. */
export function escapeAttribute(text: string): string {
  return text.replace(/[&<>"\t\n\r]/g, (character) => references[character] ?? character);
}
