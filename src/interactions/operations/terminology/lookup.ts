/** CodeSystem/$lookup: what a code means (FHIR R4, codesystem-operation-lookup.html). */
import { notFound } from '../../../fhir/error.ts';
import type { CompiledCodeSystem, Concept, Designation } from '../../../terminology/terminology.ts';
import { printable } from '../../parse-path.ts';
import type { OperationHandler } from '../operation.ts';
import { askedCodeSystem, codingOf, onlyOne } from './asked.ts';
import { type OutParameter, parametersResponse, where } from './parameters.ts';

export const lookup: OperationHandler = async (invocation, input, context) => {
  onlyOne(input, ['code', 'coding']);
  const coding = codingOf(input, 'coding');
  const terminology = await context.ports.terminology.current();
  const system = await askedCodeSystem({ invocation, input, context, terminology }, { url: 'system', coding });
  const code = input.text('code') ?? coding?.code ?? '';
  const concept = system.concept(code);
  if (!concept) throw notFound(`${printable(code)} is no code of ${system.url}${editionOf(system)}.`);
  const wanted = new Set(input.texts('property').flatMap((list) => list.split(',')));
  const isWanted = (property: string) => wanted.size === 0 || wanted.has(property) || wanted.has('*');
  return parametersResponse([
    { name: 'name', valueString: system.name ?? system.title ?? system.url },
    ...where('version', 'valueString', system.version),
    { name: 'display', valueString: concept.display ?? concept.code },
    ...(isWanted('designation') ? concept.designations.map(toDesignation) : []),
    ...propertiesOf(concept, system).filter(({ part }) => isWanted(String(part?.[0]?.['valueCode']))),
  ]);
};

export const editionOf = ({ version }: Pick<CompiledCodeSystem, 'version'>): string =>
  version === undefined ? '' : ` (edition ${version})`;

const toDesignation = ({ language, use, value }: Designation): OutParameter => ({
  name: 'designation',
  part: [
    ...where('language', 'valueCode', language),
    ...where('use', 'valueCoding', use),
    { name: 'value', valueString: value },
  ],
});

const property = (code: string, type: `value${string}`, value: unknown): OutParameter => ({
  name: 'property',
  part: [
    { name: 'code', valueCode: code },
    { name: 'value', [type]: value },
  ],
});

/** What the code system declares, and what every concept has: its definition, its parents and children. */
function propertiesOf(concept: Concept, system: CompiledCodeSystem): readonly OutParameter[] {
  const { definition, parents, children } = concept;
  const declared = concept.properties.filter(({ code }) => code !== 'parent' && code !== 'child');
  const related = (name: string, codes: readonly string[]) =>
    codes.map((code) => withDescription(property(name, 'valueCode', code), system.concept(code)?.display));
  return [
    ...(definition === undefined ? [] : [property('definition', 'valueString', definition)]),
    ...(declared.some(({ code }) => code === 'inactive') || !concept.inactive
      ? []
      : [property('inactive', 'valueBoolean', true)]),
    ...declared.map(({ code, type, value }) => property(code, type, value)),
    ...related('parent', parents),
    ...related('child', children),
  ];
}

const withDescription = (parameter: OutParameter, description: string | undefined): OutParameter => ({
  ...parameter,
  part: [...(parameter.part ?? []), ...where('description', 'valueString', description)],
});
