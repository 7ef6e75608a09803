/** The layers that hold every resource to R4 itself, whatever profiles it names (FHIR R4, validation.html). */
import type { ElementTable } from '../definitions/elements.ts';
import type { RequiredBindings } from '../definitions/required-bindings.ts';
import { invariants } from './invariant/table.ts';
import { compileShapes } from './shape.ts';
import { createStructureLayer, type StructureChecks } from './structure/check-structure.ts';
import type { Validate } from './validate.ts';
import { createWalkLayer } from './walk.ts';

/** What the layers are made of. */
export interface BaseRules {
  readonly checks: StructureChecks;
  readonly table: ElementTable;
  readonly bindings: RequiredBindings;
}

const RESOURCE_TYPES = 'http://hl7.org/fhir/ValueSet/resource-types';

/** Structure first, then what is asked of values, references and elements together. */
export function createBaseLayers({ checks, table, bindings }: BaseRules): readonly Validate[] {
  const shapes = compileShapes({ table, bindings, invariants });
  const resourceTypes = new Set([...(bindings.valueSets.get(RESOURCE_TYPES)?.values() ?? [])].flat());
  return [createStructureLayer(checks, shapes), createWalkLayer({ shapes, resourceTypes })];
}
