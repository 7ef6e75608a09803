/** What an operation is given, read and checked by its OperationDefinition (FHIR R4, operations.html#request). */
import type { OperationDeclaration, OperationParameter } from '../../definitions/operations.ts';
import { isResourceType } from '../../definitions/resource-types.ts';
import { badStructure, badValue, notSupported } from '../../fhir/error.ts';
import type { OperationInvocation, SearchParams } from '../../fhir/interaction.ts';
import { arrayElements, objectMembers } from '../../fhir/json-text.ts';
import { isObject, type JsonObject, type ResourceContent, toContent } from '../../fhir/resource-content.ts';

/** One value of a parameter. */
export type InputValue =
  | { readonly kind: 'primitive'; readonly text: string }
  | { readonly kind: 'complex'; readonly json: JsonObject; readonly text: string }
  | { readonly kind: 'resource'; readonly content: ResourceContent };

interface NamedValue {
  readonly name: string;
  readonly value: InputValue;
}

/** The values of an operation's parameters, by name. */
export interface OperationInput {
  /** Every value of a parameter, as text. */
  texts(name: string): readonly string[];
  text(name: string): string | undefined;
  complex(name: string): { readonly json: JsonObject; readonly text: string } | undefined;
  resource(name: string): ResourceContent | undefined;
  /** Every resource of a parameter. */
  resources(name: string): readonly ResourceContent[];
}

/** @throws FhirError 400 naming a parameter that the operation does not have, or that is missing or given too often. */
export function parseInput({ params, body }: OperationInvocation, declaration: OperationDeclaration): OperationInput {
  const values = [...fromQuery(params), ...(body ? fromBody(body, declaration) : [])];
  for (const { name } of values) checkDeclared(name, declaration);
  for (const parameter of declaration.parameters) checkParameter(parameter, values);
  const of = (name: string) => values.filter((value) => value.name === name).map(({ value }) => value);
  const resources = (name: string) => of(name).flatMap((value) => (value.kind === 'resource' ? [value.content] : []));
  return {
    texts: (name) => of(name).flatMap((value) => (value.kind === 'primitive' ? [value.text] : [])),
    text: (name) => of(name).flatMap((value) => (value.kind === 'primitive' ? [value.text] : []))[0],
    complex: (name) => of(name).find((value) => value.kind === 'complex'),
    resource: (name) => resources(name)[0],
    resources,
  };
}

const fromQuery = (params: SearchParams): readonly NamedValue[] =>
  Object.entries(params).flatMap(([name, values]) =>
    [values].flat().map((text): NamedValue => ({ name, value: { kind: 'primitive', text } })),
  );

/** A Parameters resource, or the one resource that the operation is about (operations.html#request). */
function fromBody(body: ResourceContent, { code, parameters }: OperationDeclaration): readonly NamedValue[] {
  if (body.resourceType === 'Parameters') return fromParameters(body);
  const [only, ...others] = parameters.filter(({ type }) => type === 'Resource' || type === body.resourceType);
  if (only && others.length === 0) return [{ name: only.name, value: { kind: 'resource', content: body } }];
  throw badValue(`$${code} is given its parameters in a Parameters resource.`, 'resourceType');
}

function fromParameters({ text }: ResourceContent): readonly NamedValue[] {
  const list = objectMembers(text).find(({ key }) => key === 'parameter');
  if (!list) return [];
  if (text.charAt(list.start) !== '[') throw badStructure('parameter must be an array.', 'Parameters.parameter');
  return arrayElements(text, list.start).map(({ start, end }, index) =>
    readParameter(text.slice(start, end), `Parameters.parameter[${index}]`),
  );
}

function readParameter(text: string, place: string): NamedValue {
  const json: unknown = JSON.parse(text);
  if (!isObject(json) || typeof json['name'] !== 'string') throw badStructure('A parameter needs a name.', place);
  const { name } = json;
  for (const { key, start, end } of objectMembers(text)) {
    const slice = text.slice(start, end);
    const value = json[key];
    if (key === 'resource') return { name, value: { kind: 'resource', content: toContent(slice, value) } };
    if (!/^value[A-Z]/.test(key)) continue;
    if (isObject(value)) return { name, value: { kind: 'complex', json: value, text: slice } };
    return { name, value: { kind: 'primitive', text: String(value) } };
  }
  throw badStructure(`The parameter ${name.slice(0, 64)} has no value[x] or resource.`, place);
}

function checkDeclared(name: string, { code, parameters }: OperationDeclaration): void {
  // `_cursor` is how this server's own page links say where to go on.
  if (name === '_cursor' || parameters.some((parameter) => parameter.name === name)) return;
  throw notSupported(`$${code} has no parameter "${name.slice(0, 64)}".`, `http.${name.slice(0, 64)}`);
}

function checkParameter({ name, min, max, type }: OperationParameter, values: readonly NamedValue[]): void {
  const own = values.filter((value) => value.name === name);
  if (own.length < min) throw badValue(`The parameter ${name} is required.`, `http.${name}`);
  if (max !== '*' && own.length > Number(max)) throw badValue(`${name} is given more than once.`, `http.${name}`);
  const kind = kindOf(type);
  if (own.some(({ value }) => value.kind !== kind || !isOfType(value, type))) {
    throw badValue(`${name} must be of type ${type}.`, `http.${name}`);
  }
}

const isOfType = (value: InputValue, type: string): boolean =>
  value.kind !== 'resource' || type === 'Resource' || value.content.resourceType === type;

function kindOf(type: string): InputValue['kind'] {
  if (type === 'Resource' || isResourceType(type)) return 'resource';
  return /^[A-Z]/.test(type) ? 'complex' : 'primitive';
}
