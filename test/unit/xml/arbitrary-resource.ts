/** Random resources, as JSON text, made from the element table: any type, any element, any choice (FHIR R4, json.html). */
import fc from 'fast-check';
import { childParents, type ElementDeclaration } from '../../../src/definitions/elements.ts';
import { elements, resourceTypes } from './converter.ts';

/** JSON text of what stands in a property and in that with `_`; one of them may be absent. */
interface Occurrence {
  readonly value?: string;
  readonly companion?: string;
}

const DEEPEST = 4;
const rowsByParent = new Map<string, ElementDeclaration[]>();
for (const row of elements.values()) {
  const parent = row.path.slice(0, row.path.lastIndexOf('.'));
  rowsByParent.set(parent, [...(rowsByParent.get(parent) ?? []), row]);
}

const xmlText = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 12 })
  .map((text) => text.replace(/[^\t\n\r -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '?'));
const token = xmlText.map((text) => `a${text}b`);
const digits = fc.stringMatching(/^-?(0|[1-9][0-9]{0,30})$/);
const decimal = fc.stringMatching(/^-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,25})?([eE][+-]?[0-9]{1,3})?$/);
const escaped = (text: string): string => text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
const div = xmlText.map((text) => `<div xmlns="http://www.w3.org/1999/xhtml"><p>${escaped(text)}</p></div>`);

const literals: Readonly<Record<string, fc.Arbitrary<string>>> = {
  string: xmlText.map((text) => JSON.stringify(text)),
  markdown: xmlText.map((text) => JSON.stringify(text)),
  boolean: fc.constantFrom('true', 'false'),
  integer: digits,
  positiveInt: digits,
  unsignedInt: digits,
  decimal,
  xhtml: div.map((text) => JSON.stringify(text)),
};
const tokenLiteral = token.map((text) => JSON.stringify(text));

const isPrimitive = (type: string): boolean => /^[a-z]/.test(type);
const isAttribute = ({ path }: ElementDeclaration): boolean =>
  path === 'Extension.url' || (path.endsWith('.id') && !elements.has(path.replace(/id$/, 'implicitRules')));

/** The members of an object, as JSON text without the braces; at the bottom only values. */
function members(parent: string, depth: number, least: number): fc.Arbitrary<string> {
  const all = rowsByParent.get(parent) ?? [];
  const rows = depth < DEEPEST ? all : all.filter(({ types }) => types.length > 0 && types.every(isPrimitive));
  return fc
    .shuffledSubarray(rows, { minLength: Math.min(least, rows.length), maxLength: Math.min(4, rows.length) })
    .chain((chosen) => fc.tuple(...chosen.map((row) => property(row, depth))))
    .map((properties) => properties.join(','));
}

function property(row: ElementDeclaration, depth: number): fc.Arbitrary<string> {
  const name = row.path.slice(row.path.lastIndexOf('.') + 1);
  return fc.constantFrom(...(row.types.length > 0 ? row.types : [''])).chain((type) => {
    const typed = name.replace('[x]', type.charAt(0).toUpperCase() + type.slice(1));
    const one = occurrence(row, type, depth);
    if (row.max === '1') return one.map((found) => single(typed, found));
    return fc.array(one, { minLength: 1, maxLength: 3 }).map((found) => several(typed, found));
  });
}

function single(name: string, { value, companion }: Occurrence): string {
  const parts = [];
  if (companion !== undefined) parts.push(`"_${name}":${companion}`);
  if (value !== undefined) parts.push(`"${name}":${value}`);
  return parts.join(',');
}

function several(name: string, found: readonly Occurrence[]): string {
  const list = (texts: readonly (string | undefined)[]): string | undefined =>
    texts.some((text) => text !== undefined) ? `[${texts.map((text) => text ?? 'null').join(', ')}]` : undefined;
  const value = list(found.map((one) => one.value));
  const companion = list(found.map((one) => one.companion));
  return single(name, { ...(value && { value }), ...(companion && { companion }) });
}

function occurrence(row: ElementDeclaration, type: string, depth: number): fc.Arbitrary<Occurrence> {
  if (type === 'Resource') return resource(depth + 1).map((value) => ({ value }));
  if (!isPrimitive(type)) return object(parentFor(row, type), depth + 1).map((value) => ({ value }));
  const value = literals[type] ?? tokenLiteral;
  if (type === 'xhtml' || isAttribute(row) || depth >= DEEPEST) return value.map((text) => ({ value: text }));
  const companion = object(type, depth + 1);
  return fc.oneof(
    { weight: 6, arbitrary: fc.record({ value }) },
    { weight: 1, arbitrary: fc.record({ companion }) },
    { weight: 1, arbitrary: fc.record({ value, companion }) },
  );
}

const parentFor = (row: ElementDeclaration, type: string): string =>
  childParents(type === '' ? row : { ...row, types: [type] })[0] ?? '';

const object = (parent: string, depth: number): fc.Arbitrary<string> =>
  members(parent, depth, 1).map((inside) => `{${inside}}`);

function resource(depth: number): fc.Arbitrary<string> {
  return fc.constantFrom(...resourceTypes).chain((resourceType) =>
    members(resourceType, depth, 0).map((inside) => {
      const type = `"resourceType":"${resourceType}"`;
      return `{${inside === '' ? type : `${inside},\n${type}`}}`;
    }),
  );
}

/** The JSON text of a resource of any type, its members in any order. */
export const anyResource: fc.Arbitrary<string> = resource(0);
