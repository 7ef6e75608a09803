/** FHIRPath Patch as it is sent: a Parameters resource of operations (FHIR R4, fhirpatch.html). */
import { badStructure, badValue } from '../../fhir/error.ts';
import { itemsOf, type JsonTree, memberOf, parseTree, stringOf } from '../../fhir/json-tree.ts';
import type { ResourceContent } from '../../fhir/resource-content.ts';
import { type Expression, parseExpression } from '../../search/expression.ts';

/** A value of a data type, or the named parts that an element without a type of its own is made of. */
export type PatchValue =
  | { readonly kind: 'typed'; readonly type: string; readonly tree: JsonTree }
  | { readonly kind: 'parts'; readonly parts: readonly { readonly name: string; readonly value: PatchValue }[] };

export type FhirPathOperation = { readonly path: Expression; readonly place: string } & (
  | { readonly type: 'add'; readonly name: string; readonly value: PatchValue }
  | { readonly type: 'insert'; readonly index: number; readonly value: PatchValue }
  | { readonly type: 'delete' }
  | { readonly type: 'replace'; readonly value: PatchValue }
  | { readonly type: 'move'; readonly source: number; readonly destination: number }
);

/** @throws FhirError 400 naming the operation that is not one. */
export function parseFhirPathPatch({ text, resourceType }: ResourceContent): readonly FhirPathOperation[] {
  if (resourceType !== 'Parameters') throw badValue('A FHIRPath Patch is a Parameters resource.', 'resourceType');
  return itemsOf(memberOf(parseTree(text), 'parameter')).map((parameter, index) => {
    const place = `Parameters.parameter[${index}]`;
    if (stringOf(memberOf(parameter, 'name')) !== 'operation')
      throw badValue('Every parameter of a patch is an operation.', place);
    return parseOperation(partsOf(parameter), place);
  });
}

type Parts = ReadonlyMap<string, JsonTree>;

const partsOf = (parameter: JsonTree): Parts =>
  new Map(itemsOf(memberOf(parameter, 'part')).map((part) => [stringOf(memberOf(part, 'name')) ?? '', part]));

function parseOperation(parts: Parts, place: string): FhirPathOperation {
  const known = { path: parsePath(textOf(parts, 'path', place), place), place };
  const type = textOf(parts, 'type', place);
  switch (type) {
    case 'add':
      return { ...known, type, name: textOf(parts, 'name', place), value: readValue(parts, place) };
    case 'insert':
      return { ...known, type, index: numberOf(parts, 'index', place), value: readValue(parts, place) };
    case 'delete':
      return { ...known, type };
    case 'replace':
      return { ...known, type, value: readValue(parts, place) };
    case 'move':
      return {
        ...known,
        type,
        source: numberOf(parts, 'source', place),
        destination: numberOf(parts, 'destination', place),
      };
    default:
      throw badValue('The type of an operation is add, insert, delete, replace or move.', place);
  }
}

function parsePath(text: string, place: string): Expression {
  try {
    return parseExpression(text);
  } catch {
    throw badValue('The path is not FHIRPath that a patch can use.', place);
  }
}

/** The `value[x]` of a part, whatever its type. */
function typedValue(part: JsonTree | undefined): { readonly type: string; readonly tree: JsonTree } | undefined {
  if (part?.kind !== 'object') return undefined;
  for (const [key, tree] of part.members) {
    const type = /^value([A-Z]\w*)$/.exec(key)?.[1];
    if (type) return { type, tree };
  }
  return undefined;
}

function textOf(parts: Parts, name: string, place: string): string {
  const text = stringOf(typedValue(parts.get(name))?.tree);
  if (text) return text;
  throw badStructure(`The operation needs a ${name}.`, place);
}

function numberOf(parts: Parts, name: string, place: string): number {
  const tree = typedValue(parts.get(name))?.tree;
  if (tree?.kind === 'scalar' && /^\d{1,6}$/.test(tree.text)) return Number(tree.text);
  throw badStructure(`The operation needs a whole number as ${name}.`, place);
}

function readValue(parts: Parts, place: string): PatchValue {
  const part = parts.get('value');
  if (part) return toValue(part, place);
  throw badStructure('The operation needs a value.', place);
}

function toValue(part: JsonTree, place: string): PatchValue {
  const typed = typedValue(part);
  if (typed) return { kind: 'typed', ...typed };
  const parts = itemsOf(memberOf(part, 'part')).map((inner) => {
    const name = stringOf(memberOf(inner, 'name'));
    if (!name) throw badStructure('A part of a value needs a name.', place);
    return { name, value: toValue(inner, place) };
  });
  if (parts.length > 0) return { kind: 'parts', parts };
  throw badStructure('A value is a value[x] or has parts.', place);
}
