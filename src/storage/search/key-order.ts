/** The orders in which an index reads a type, so that every page costs the same (FHIR R4, search.html#sort). */
import type { IndexDefinition } from '../../definitions/indexes.ts';
import type { Definitions } from '../../definitions/load.ts';
import type { CompiledSearchParameter } from '../../search/parameter.ts';
import type { SortKey } from '../../search/result-parameters.ts';
import { fieldName } from './keys.ts';
import type { IndexKeys } from './order-hint.ts';

/** What resources are sorted by. */
export type SortValue = Date | string | number;

/** By the value of a field, those without it last, and resources of the same value by id. */
export interface KeyOrder {
  /** Undefined: by id alone. */
  readonly field: string | undefined;
  readonly direction: 1 | -1;
  /** The direction of the ids. */
  readonly tie: 1 | -1;
  /** The least value that the field can have; undefined where every resource has one. */
  readonly least: SortValue | undefined;
  /** The index, as it is declared: it is read from either end. */
  readonly index: IndexKeys;
}

const LEAST_DATE = new Date(-8.64e15);

type OrderDefinitions = Pick<Definitions, 'defaultOrder' | 'indexes' | 'searchParameters'>;

/** The order that a search asks for, or without one the type's own; undefined where no index has it. */
export function keyOrderOf(
  definitions: OrderDefinitions,
  resourceType: string,
  sort: readonly SortKey[],
): KeyOrder | undefined {
  const [first = definitions.defaultOrder(resourceType), second, ...more] = sort;
  if (more.length > 0) return undefined;
  if (!first) return byId(1);
  if (first.code === '_id') return second ? undefined : byId(first.direction);
  const order = indexedOrder(definitions, resourceType, first);
  const isTie = second?.code === '_id' && second.direction === order?.tie;
  return second && !isTie ? undefined : order;
}

function indexedOrder(
  { indexes, searchParameters }: OrderDefinitions,
  resourceType: string,
  { code, direction }: SortKey,
): KeyOrder | undefined {
  const parameter = searchParameters(resourceType).find((candidate) => candidate.code === code);
  const field = parameter && sortField(parameter);
  const index = field && indexes(resourceType).find((keys) => keys[0]?.[0] === field && keys[1]?.[0] === '_id');
  return index ? orderBy({ field, direction, index, parameter }) : undefined;
}

const byId = (direction: 1 | -1): KeyOrder => ({
  field: undefined,
  direction,
  tie: direction,
  least: undefined,
  index: { _id: 1 },
});

interface Asked {
  readonly field: string;
  readonly direction: 1 | -1;
  readonly index: IndexDefinition;
  readonly parameter: CompiledSearchParameter;
}

/** An index that is read backwards has its ids backwards too. */
function orderBy({ field, direction, index, parameter }: Asked): KeyOrder {
  const [own, tie] = index.map(([, declared]) => declared);
  const isForward = own === direction;
  return {
    field,
    direction,
    tie: isForward === (tie === 1) ? 1 : -1,
    least: field === 'lu' ? undefined : parameter.type === 'string' ? '' : LEAST_DATE,
    index: Object.fromEntries(index),
  };
}

/** The field whose one value sorts; undefined where a resource may have several, or none that an index sorts by. */
function sortField({ code, type, single }: CompiledSearchParameter): string | undefined {
  if (code === '_lastUpdated') return 'lu';
  if (!single) return undefined;
  if (type === 'date') return `${fieldName(code)}.lo`;
  return type === 'string' ? fieldName(code) : undefined;
}

/** The values of `_sort` that an index serves, for those who asked for another. */
export function indexedSorts(definitions: Definitions, resourceType: string): readonly string[] {
  const codes = definitions.searchParameters(resourceType).map(({ code }) => code);
  return codes.filter((code) => keyOrderOf(definitions, resourceType, [{ code, direction: 1 }]) !== undefined);
}
