/** What the elements of one profile are compiled with: R4's own definitions, and the other profiles that are loaded. */
import type { ElementDefinition, ElementDefinitionConstraint, StructureDefinition } from '@medplum/fhirtypes';
import type { CompileScope } from '../fhirpath/compile.ts';
import { buildElementTree, type ElementNode } from './element-tree.ts';
import type { ItemCheck } from './run.ts';
import type { TypeOfProfile } from './type-narrowing.ts';

export interface ProfileScope {
  readonly paths: CompileScope;
  /** The element as R4 has it, or of a slice the element that is sliced. */
  readonly inherited: (definition: ElementDefinition) => ElementDefinition | undefined;
  readonly isInheritedConstraint: (definition: ElementDefinition, constraint: ElementDefinitionConstraint) => boolean;
  readonly isNoBoolean: (definition: ElementDefinition, child: string) => boolean;
  readonly typeOfProfile: TypeOfProfile;
  readonly isLoaded: (canonical: string) => boolean;
  /** The check of another profile, compiled when it is first asked for. */
  readonly profile: (canonical: string) => () => ItemCheck | undefined;
  readonly tree: (canonical: string) => ElementNode | undefined;
  /** The element of this profile that the content reference is to; undefined where it is to R4's own. */
  readonly contentReference: (definition: ElementDefinition) => ElementNode | undefined;
  /** Remembers what of the profile is not checked. */
  readonly note: (what: string) => void;
  readonly inSlice: (owner: ElementDefinition) => ProfileScope;
}

/** R4's StructureDefinition of a type; undefined for one that is not here. */
export type DefinitionOfType = (type: string) => StructureDefinition | undefined;

export interface InheritedElements {
  readonly element: (definition: ElementDefinition) => ElementDefinition | undefined;
  readonly hasConstraint: (definition: ElementDefinition, key: string) => boolean;
  readonly typesOf: (path: string) => readonly string[];
}

/** Elements and constraints of R4 itself, by the `base` of an element definition. */
export function createInheritedElements(definitionOf: DefinitionOfType): InheritedElements {
  const indexes = new Map<string, ReadonlyMap<string, ElementDefinition>>();
  const indexOf = (type: string): ReadonlyMap<string, ElementDefinition> => {
    const index = indexes.get(type) ?? indexElements(definitionOf(type));
    indexes.set(type, index);
    return index;
  };
  const at = (path: string): ElementDefinition | undefined => indexOf(path.split('.')[0] ?? '').get(path);
  const element = ({ base, path }: ElementDefinition): ElementDefinition | undefined => at(base?.path ?? path ?? '');
  return {
    element,
    hasConstraint: (definition, key) => {
      const types = (definition.type ?? []).map(({ code = '' }) => at(code));
      return [element(definition), ...types].some((one) => one?.constraint?.some((own) => own.key === key) ?? false);
    },
    typesOf: (path) => (at(path)?.type ?? []).map(({ code = '' }) => code),
  };
}

const indexElements = (definition: StructureDefinition | undefined): ReadonlyMap<string, ElementDefinition> =>
  new Map((definition?.snapshot?.element ?? []).map((element) => [element.path ?? '', element]));

/** The children of an element are declared at its own path, or in its type. */
export function isNoBoolean(
  inherited: InheritedElements,
  { path = '', type = [] }: ElementDefinition,
  child: string,
): boolean {
  const types = [path, ...type.map(({ code = '' }) => code)].flatMap((parent) =>
    inherited.typesOf(`${parent}.${child}`),
  );
  return types.length > 0 && !types.includes('boolean');
}

/** The element that `#Patient.link` of a profile's snapshot leads to; an absolute one leads to R4's own. */
export function referredElement(
  definition: StructureDefinition,
  reference: string | undefined,
): ElementNode | undefined {
  if (!reference?.startsWith('#')) return undefined;
  const path = reference.slice(1).split('.').slice(1);
  return path.reduce<ElementNode | undefined>(
    (node, name) => node?.children.find((child) => child.name === name),
    buildElementTree(definition),
  );
}
