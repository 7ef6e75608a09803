/** ConceptMap/$translate: what a code is in another code system (FHIR R4, conceptmap-operation-translate.html). */
import type { Coding } from '@medplum/fhirtypes';
import { badValue, notFound } from '../../../fhir/error.ts';
import type { CompiledConceptMap, Terminology, Translation } from '../../../terminology/terminology.ts';
import type { OperationInput } from '../input.ts';
import type { OperationHandler } from '../operation.ts';
import { askedConceptMap, codingOf, conceptOf, flag, onlyOne } from './asked.ts';
import { type OutParameter, parametersResponse, where } from './parameters.ts';

export const translate: OperationHandler = async (invocation, input, context) => {
  onlyOne(input, ['code', 'coding', 'codeableConcept']);
  const codings = codingsOf(input);
  const terminology = await context.ports.terminology.current();
  const named = await askedConceptMap({ invocation, input, context, terminology });
  checkVersion(input, terminology);
  const maps = named ? [named] : terminology.conceptMaps();
  const reverse = flag(input, 'reverse') === true;
  const found = maps
    .filter((map) => isFrom(map, input, reverse))
    .flatMap((map) =>
      codings
        .flatMap(({ system = '', code = '' }) => map.translate({ system, code }, reverse))
        .filter(inTarget(map, { input, terminology, reverse })),
    );
  return answer(distinct(found));
};

/** @throws FhirError 400 for a code without its system */
function codingsOf(input: OperationInput): readonly Coding[] {
  const code = input.text('code');
  const coding = code === undefined ? codingOf(input, 'coding') : { code, system: input.text('system') ?? '' };
  const codings = coding ? [coding] : (conceptOf(input, 'codeableConcept')?.coding ?? []);
  if (codings.every(({ system }) => !system)) throw badValue('A code needs its system.', 'http.system');
  return codings;
}

/** @throws FhirError 404 where the code system is here in another version than the one asked for */
function checkVersion(input: OperationInput, terminology: Terminology): void {
  const [system, version] = [input.text('system'), input.text('version')];
  if (system === undefined || version === undefined || terminology.codeSystem(`${system}|${version}`)) return;
  throw notFound(`This server has no code system ${system.slice(0, 256)} in version ${version.slice(0, 64)}.`);
}

/** A map says which value set it is from; one that says nothing is for any. */
function isFrom(map: CompiledConceptMap, input: OperationInput, reverse: boolean): boolean {
  const source = input.text('source');
  const own = reverse ? map.target : map.source;
  return source === undefined || own === undefined || own.split('|')[0] === source.split('|')[0];
}

interface Wanted {
  readonly input: OperationInput;
  readonly terminology: Terminology;
  readonly reverse: boolean;
}

/** @throws FhirError 404 for a value set that neither a map nor this server knows */
function inTarget(
  map: CompiledConceptMap,
  { input, terminology, reverse }: Wanted,
): (translation: Translation) => boolean {
  const system = input.text('targetsystem');
  const targetSystem = system && (terminology.codeSystem(system)?.url ?? system);
  const target = input.text('target');
  const own = reverse ? map.source : map.target;
  const isOwn = target === undefined || own?.split('|')[0] === target.split('|')[0];
  const valueSet = isOwn ? undefined : terminology.valueSet(target);
  if (!isOwn && !valueSet) throw notFound(`This server has no value set ${target.slice(0, 256)}.`);
  return (translation) =>
    (targetSystem === undefined || translation.system === targetSystem) &&
    (isOwn || valueSet?.contains(translation.system, translation.code) === 'in');
}

function distinct(translations: readonly Translation[]): readonly Translation[] {
  const seen = new Map(translations.toReversed().map((entry) => [`${entry.map} ${entry.system}|${entry.code}`, entry]));
  return [...seen.values()].toReversed();
}

/** Entries that say that there is no such code are told, and are no translation. */
const isTranslation = ({ equivalence }: Translation): boolean =>
  equivalence !== 'unmatched' && equivalence !== 'disjoint';

function answer(found: readonly Translation[]) {
  const result = found.some(isTranslation);
  return parametersResponse([
    { name: 'result', valueBoolean: result },
    ...where('message', 'valueString', result ? undefined : 'No map of this server translates the code.'),
    ...found.map(toMatch),
  ]);
}

const toMatch = ({ equivalence, system, code, display, map }: Translation): OutParameter => ({
  name: 'match',
  part: [
    { name: 'equivalence', valueCode: equivalence },
    {
      name: 'concept',
      valueCoding: { system, code, ...(display === undefined ? {} : { display }) },
    },
    ...where('source', 'valueUri', map),
  ],
});
