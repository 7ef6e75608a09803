/** minValue[x], maxValue[x] and maxLength (FHIR R4, elementdefinition-definitions.html). */
import type { ElementDefinition } from '@medplum/fhirtypes';
import type { Item } from '../fhirpath/collection.ts';
import { compare } from '../fhirpath/equality.ts';
import { choiceOf } from './element-tree.ts';
import { type ItemCheck, report } from './run.ts';

/** The checks of the element's own limits; those that it has from R4 itself are given to be left out. */
export function compileLimits(
  definition: ElementDefinition,
  inherited: ElementDefinition | undefined,
): readonly ItemCheck[] {
  return [
    ...compileLimit(definition, inherited, 'minValue'),
    ...compileLimit(definition, inherited, 'maxValue'),
    ...compileLength(definition, inherited),
  ];
}

function compileLimit(
  definition: ElementDefinition,
  inherited: ElementDefinition | undefined,
  name: 'minValue' | 'maxValue',
): readonly ItemCheck[] {
  const limit = choiceOf(definition, name);
  if (limit === undefined || (inherited && choiceOf(inherited, name) === limit)) return [];
  const sign = name === 'minValue' ? 1 : -1;
  const words = name === 'minValue' ? 'at least' : 'at most';
  const id = name === 'minValue' ? 'profile-min-value' : 'profile-max-value';
  const message = `The value must be ${words} ${JSON.stringify(limit)}.`;
  return [
    (item, place, run) => {
      const order = orderOf(item, limit);
      if (order !== undefined && order * sign < 0)
        report(run, place, { severity: 'error', code: 'value', id, message });
    },
  ];
}

/** Undefined where the two have no order: other types, dates that are not exact enough. */
function orderOf(item: Item, limit: unknown): number | undefined {
  if (typeof item.value !== typeof limit || typeof limit === 'object') return undefined;
  try {
    return compare(item, { value: limit, type: item.type, children: '' });
  } catch {
    return undefined;
  }
}

function compileLength(
  { maxLength }: ElementDefinition,
  inherited: ElementDefinition | undefined,
): readonly ItemCheck[] {
  if (maxLength === undefined || inherited?.maxLength === maxLength) return [];
  const message = `The text must have at most ${maxLength} characters.`;
  return [
    ({ value }, place, run) => {
      if (typeof value !== 'string' || value.length <= maxLength) return;
      report(run, place, { severity: 'error', code: 'too-long', id: 'profile-max-length', message });
    },
  ];
}
