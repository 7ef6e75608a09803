/** What the terminology operations are asked about: codes, and the resource that they are asked of (FHIR R4, terminology-service.html). */
import type { CodeableConcept, CodeSystem, Coding, ConceptMap, ValueSet } from '@medplum/fhirtypes';
import { badValue, notFound, unprocessable } from '../../../fhir/error.ts';
import type { OperationInvocation } from '../../../fhir/interaction.ts';
import { isObject, type JsonObject } from '../../../fhir/resource-content.ts';
import type {
  CompiledCodeSystem,
  CompiledConceptMap,
  CompiledValueSet,
  Terminology,
} from '../../../terminology/terminology.ts';
import { isError, toIssue } from '../../../validation/finding.ts';
import type { InteractionContext } from '../../perform.ts';
import type { OperationInput } from '../input.ts';

/** @throws FhirError 400 where it is neither true nor false */
export function flag(input: OperationInput, name: string): boolean | undefined {
  const text = input.text(name);
  if (text === undefined) return undefined;
  if (text === 'true' || text === 'false') return text === 'true';
  throw badValue(`${name} must be true or false.`, `http.${name}`);
}

/** @throws FhirError 400 where it is no whole number of at least 0 */
export function wholeNumber(input: OperationInput, name: string): number | undefined {
  const text = input.text(name);
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw badValue(`${name} must be a whole number of at least 0.`, `http.${name}`);
}

const isText = (value: unknown): value is string | undefined => value === undefined || typeof value === 'string';

/** @throws FhirError 400 where its members are no texts */
function toCoding(json: JsonObject, name: string): Coding {
  const { system, code, display, version } = json;
  if (!isText(system) || !isText(code) || !isText(display) || !isText(version)) {
    throw badValue(`${name} is not a Coding.`, `http.${name}`);
  }
  return {
    ...(system === undefined ? {} : { system }),
    ...(version === undefined ? {} : { version }),
    ...(code === undefined ? {} : { code }),
    ...(display === undefined ? {} : { display }),
  };
}

export function codingOf(input: OperationInput, name: string): Coding | undefined {
  const given = input.complex(name);
  if (!given) return undefined;
  const coding = toCoding(given.json, name);
  if (coding.code === undefined) throw badValue(`${name} has no code.`, `http.${name}`);
  return coding;
}

export function conceptOf(input: OperationInput, name: string): CodeableConcept | undefined {
  const given = input.complex(name);
  if (!given) return undefined;
  const { coding = [] } = given.json;
  if (!Array.isArray(coding) || !coding.every(isObject))
    throw badValue(`${name} is not a CodeableConcept.`, `http.${name}`);
  return { coding: coding.map((entry) => toCoding(entry, name)) };
}

/** Exactly one of the ways to name what is checked. @throws FhirError 400 for none, or several */
export function onlyOne(input: OperationInput, names: readonly ('code' | 'coding' | 'codeableConcept')[]): void {
  const given = names.filter((name) => input.text(name) !== undefined || input.complex(name) !== undefined);
  if (given.length === 1) return;
  const choice = names.join(' or ');
  throw badValue(
    given.length === 0 ? `The parameter ${choice} is required.` : `Give one of ${choice}, not several.`,
    `http.${given[1] ?? names[0]}`,
  );
}

interface Source {
  readonly invocation: OperationInvocation;
  readonly input: OperationInput;
  readonly context: InteractionContext;
  readonly terminology: Terminology;
}

type Supplied = CodeSystem | ValueSet | ConceptMap;

/** The stored resource of an instance operation, or the one that came with the request. */
async function suppliedResource(
  { invocation, input, context }: Source,
  parameter: string,
): Promise<Supplied | undefined> {
  const { resourceType = '', id } = invocation;
  if (id === undefined) return readSupplied(input, parameter, context);
  const { resource } = await context.ports.persistence.readResource({ resourceType, id });
  return JSON.parse(resource.body) as Supplied;
}

/** What is missing (a status, say) does not hinder the work; what is of another type would. @throws FhirError 422 */
function readSupplied(
  input: OperationInput,
  parameter: string,
  { validate }: InteractionContext,
): Supplied | undefined {
  const content = input.resource(parameter);
  if (!content) return undefined;
  const faults = validate(content.json, { mode: 'full' }).filter(
    (finding) => finding.layer === 'structure' && isError(finding) && finding.code !== 'required',
  );
  if (faults.length > 0) throw unprocessable(faults.map(toIssue));
  // The structure is the one of the type by now.
  return content.json as unknown as Supplied;
}

const canonicalOf = (url: string, version: string | undefined): string =>
  version === undefined || url.includes('|') ? url : `${url}|${version}`;

const unknown = (what: string, url: string): never => {
  throw notFound(`This server has no ${what} ${url.slice(0, 256)}.`);
};

/** @throws FhirError 404 where there is none of that URL and version, 400 where none is named */
export async function askedCodeSystem(
  source: Source,
  names: { readonly url: string; readonly coding?: Coding | undefined },
): Promise<CompiledCodeSystem> {
  const { input, terminology } = source;
  const supplied = (await suppliedResource(source, 'codeSystem')) as CodeSystem | undefined;
  if (supplied) return terminology.compileCodeSystem(supplied);
  const url = input.text(names.url) ?? names.coding?.system;
  if (url === undefined) throw badValue(`The parameter ${names.url} is required.`, `http.${names.url}`);
  const canonical = canonicalOf(url, input.text('version') ?? names.coding?.version);
  return terminology.codeSystem(canonical) ?? unknown('code system', canonical);
}

/** What `$expand` and `$validate-code` work on: the compiled set, and the resource where it did not come by URL. */
export async function askedValueSet(source: Source): Promise<CompiledValueSet> {
  const { input, terminology } = source;
  const supplied = (await suppliedResource(source, 'valueSet')) as ValueSet | undefined;
  if (supplied) return terminology.compileValueSet(supplied);
  const url = input.text('url');
  if (url === undefined) throw badValue('The parameter url or valueSet is required.', 'http.url');
  const canonical = canonicalOf(url, input.text('valueSetVersion'));
  return terminology.valueSet(canonical) ?? unknown('value set', canonical);
}

/** The named map; undefined where every map may answer. @throws FhirError 404 where there is none of that URL */
export async function askedConceptMap(source: Source): Promise<CompiledConceptMap | undefined> {
  const { input, terminology } = source;
  const supplied = (await suppliedResource(source, 'conceptMap')) as ConceptMap | undefined;
  if (supplied) return terminology.compileConceptMap(supplied);
  const url = input.text('url');
  if (url === undefined) return undefined;
  const canonical = canonicalOf(url, input.text('conceptMapVersion'));
  return terminology.conceptMap(canonical) ?? unknown('concept map', canonical);
}
