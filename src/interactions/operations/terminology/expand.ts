/** ValueSet/$expand: the members of a value set (FHIR R4, valueset-operation-expand.html). */
import { randomUUID } from 'node:crypto';
import { unprocessable } from '../../../fhir/error.ts';
import type { CompiledValueSet, Member, Terminology } from '../../../terminology/terminology.ts';
import type { OperationInput } from '../input.ts';
import type { OperationHandler } from '../operation.ts';
import { askedValueSet, flag, wholeNumber } from './asked.ts';

export const expand: OperationHandler = async (invocation, input, context) => {
  const terminology = await context.ports.terminology.current();
  const valueSet = await askedValueSet({ invocation, input, context, terminology });
  const { members: all, isWhole } = membersOf(valueSet);
  const members = select(all, input, terminology);
  const offset = wholeNumber(input, 'offset') ?? 0;
  const count = wholeNumber(input, 'count');
  const page = members.slice(offset, count === undefined ? undefined : offset + count);
  const contains = page.map((member) => toContains(member, flag(input, 'includeDesignations') === true));
  const definition = flag(input, 'includeDefinition') === true ? valueSet.definition : undefined;
  const body = {
    resourceType: 'ValueSet',
    ...describe(valueSet),
    ...(definition?.compose ? { compose: definition.compose } : {}),
    expansion: {
      ...(isWhole ? {} : UNCLOSED),
      identifier: `urn:uuid:${randomUUID()}`,
      timestamp: new Date().toISOString(),
      total: members.length,
      offset,
      ...withParameters(echo(input, members, terminology)),
      ...(contains.length > 0 ? { contains } : {}),
    },
  };
  return { status: 200, body: JSON.stringify(body) };
};

/** Codes that are not listed may be in it too (extension-valueset-unclosed.html). */
const UNCLOSED = {
  extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/valueset-unclosed', valueBoolean: true }],
};

/** Where a part of the set can't be listed, what can be. @throws FhirError 422 where nothing can, saying what is missing */
function membersOf(valueSet: CompiledValueSet): { readonly members: readonly Member[]; readonly isWhole: boolean } {
  const all = valueSet.members();
  if (all) return { members: all, isWhole: true };
  const members = valueSet.knownMembers();
  if (members.length > 0) return { members, isWhole: false };
  const diagnostics = `This value set can't be expanded here. ${valueSet.obstacles.join(' ')}`;
  throw unprocessable([{ severity: 'error', code: 'not-supported', diagnostics }]);
}

function select(members: readonly Member[], input: OperationInput, terminology: Terminology): readonly Member[] {
  const words = (input.text('filter') ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const activeOnly = flag(input, 'activeOnly') === true;
  const excluded = new Set(
    input.texts('exclude-system').map((canonical) => terminology.codeSystem(canonical)?.url ?? canonical.split('|')[0]),
  );
  // These two are kept by any flat list of what code systems have.
  for (const name of ['excludeNested', 'excludePostCoordinated']) flag(input, name);
  const noAbstract = flag(input, 'excludeNotForUI') === true;
  return members.filter(
    (member) =>
      !(activeOnly && member.inactive) &&
      !(noAbstract && member.abstract) &&
      !excluded.has(member.system) &&
      matches(member, words),
  );
}

/** Every word is somewhere in the code, the display or a designation. */
function matches({ code, display = '', designations }: Member, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const text = [code, display, ...designations.map(({ value }) => value)].join('\n').toLowerCase();
  return words.every((word) => text.includes(word));
}

const describe = ({ url, version, name, title, definition }: CompiledValueSet) => ({
  ...(url === undefined ? {} : { url }),
  ...(version === undefined ? {} : { version }),
  ...(name === undefined ? {} : { name }),
  ...(title === undefined ? {} : { title }),
  status: definition.status ?? 'active',
});

function toContains({ system, code, display, inactive, abstract, designations }: Member, withDesignations: boolean) {
  return {
    system,
    ...(abstract ? { abstract } : {}),
    ...(inactive ? { inactive } : {}),
    code,
    ...(display === undefined ? {} : { display }),
    ...(withDesignations && designations.length > 0 ? { designation: designations } : {}),
  };
}

interface ExpansionParameter {
  readonly name: string;
  readonly [value: `value${string}`]: unknown;
}

const withParameters = (parameter: readonly ExpansionParameter[]) => (parameter.length > 0 ? { parameter } : {});

const FLAGS = ['activeOnly', 'includeDesignations', 'includeDefinition', 'excludeNotForUI'] as const;

/** What the expansion was made with, as far as it had an effect, and the editions that the codes are of. */
function echo(
  input: OperationInput,
  members: readonly Member[],
  terminology: Terminology,
): readonly ExpansionParameter[] {
  const filter = input.text('filter');
  const systems = [...new Set(members.map(({ system }) => system))];
  return [
    ...(filter === undefined ? [] : [{ name: 'filter', valueString: filter }]),
    ...(['offset', 'count'] as const).flatMap((name) => {
      const value = wholeNumber(input, name);
      return value === undefined ? [] : [{ name, valueInteger: value }];
    }),
    ...FLAGS.flatMap((name) => {
      const value = flag(input, name);
      return value === undefined ? [] : [{ name, valueBoolean: value }];
    }),
    ...input.texts('exclude-system').map((canonical) => ({ name: 'exclude-system', valueUri: canonical })),
    ...systems.flatMap((url) => {
      const version = terminology.codeSystem(url)?.version;
      return version === undefined ? [] : [{ name: 'version', valueUri: `${url}|${version}` }];
    }),
  ];
}
