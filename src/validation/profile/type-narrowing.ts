/** Which of its types an element has left, and what its references may point to (FHIR R4, profiling.html#4). */
import type { ElementDefinition, ElementDefinitionType } from '@medplum/fhirtypes';
import { isOfType, referencedType } from '../fhirpath/types.ts';
import { type ItemCheck, report } from './run.ts';

/** The resource type of a profile; undefined for one that is not loaded. */
export type TypeOfProfile = (canonical: string) => string | undefined;

/** The checks of what the element allows less than R4 itself. */
export function compileTypes(
  definition: ElementDefinition,
  inherited: ElementDefinition | undefined,
  typeOfProfile: TypeOfProfile,
): readonly ItemCheck[] {
  return [...compileTypeChoice(definition, inherited), ...compileTargets(definition, inherited, typeOfProfile)];
}

const codesOf = (definition: ElementDefinition | undefined): readonly string[] =>
  (definition?.type ?? []).flatMap(({ code }) => code ?? []);

/** `id` and `Extension.url` have a type of FHIRPath's, which newer snapshots write as FHIR's. */
const isSystemType = (code: string): boolean => code.startsWith('http://hl7.org/fhirpath/');

function compileTypeChoice(
  definition: ElementDefinition,
  inherited: ElementDefinition | undefined,
): readonly ItemCheck[] {
  const allowed = codesOf(definition);
  const all = codesOf(inherited);
  if (allowed.length === 0 || all.some(isSystemType) || all.every((code) => allowed.includes(code))) return [];
  const message = `The value must be of type ${allowed.join(' or ')}.`;
  return [
    (item, place, run) => {
      if (allowed.some((type) => isOfType(item, type))) return;
      report(run, place, { severity: 'error', code: 'structure', id: 'profile-type', message });
    },
  ];
}

function compileTargets(
  definition: ElementDefinition,
  inherited: ElementDefinition | undefined,
  typeOfProfile: TypeOfProfile,
): readonly ItemCheck[] {
  const allowed = targetTypes(definition, typeOfProfile);
  const before = inherited && targetTypes(inherited, typeOfProfile);
  if (!allowed || before?.every((type) => allowed.includes(type))) return [];
  const message = `The reference must point to a ${allowed.join(' or ')}.`;
  return [
    ({ value }, place, run) => {
      const { contained } = run.around.rootResource.value as { readonly contained?: unknown };
      const type = referencedType(value, contained);
      if (type === undefined || allowed.includes(type)) return;
      report(run, place, { severity: 'error', code: 'structure', id: 'profile-target', message });
    },
  ];
}

const isReference = ({ code }: ElementDefinitionType): boolean => code === 'Reference';

/** Undefined where any resource is allowed, or where a target's profile is not loaded, so its type is not known. */
function targetTypes(definition: ElementDefinition, typeOfProfile: TypeOfProfile): readonly string[] | undefined {
  const references = (definition.type ?? []).filter(isReference);
  const targets = references.flatMap(({ targetProfile }) => targetProfile ?? []);
  if (targets.length === 0 || references.some(({ targetProfile = [] }) => targetProfile.length === 0)) return undefined;
  const types = targets.map(typeOfProfile);
  if (types.some((type) => type === undefined || type === 'Resource')) return undefined;
  return [...new Set(types.flatMap((type) => type ?? []))];
}
