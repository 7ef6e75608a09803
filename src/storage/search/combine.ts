/** MongoDB conditions joined without nesting that isn't needed: query plans depend on it. */

/** A filter, or the conditions of a sub-document. */
export type Conditions = Readonly<Record<string, unknown>>;

/** All hold. Conditions of one field are put together; what can't be goes under `$and`. */
export function all(filters: readonly Conditions[]): Conditions {
  const merged: Record<string, unknown> = {};
  const rest: Conditions[] = [];
  for (const [field, condition] of filters.flatMap(flatEntries)) {
    const both = field in merged ? join(merged[field], condition) : condition;
    if (both === undefined) rest.push({ [field]: condition });
    else merged[field] = both;
  }
  return rest.length === 0 ? merged : { ...merged, $and: rest };
}

const flatEntries = (filter: Conditions): readonly (readonly [string, unknown])[] =>
  Object.entries(filter).flatMap(([field, condition]) =>
    field === '$and' ? (condition as readonly Conditions[]).flatMap(flatEntries) : [[field, condition] as const],
  );

/** At least one holds. */
export function any(filters: readonly Conditions[]): Conditions {
  const [only, ...more] = filters;
  if (only && more.length === 0) return only;
  return { $or: filters.flatMap((filter) => (isOnlyOr(filter) ? filter['$or'] : [filter])) };
}

const isOnlyOr = (filter: Conditions): filter is { readonly $or: readonly Conditions[] } =>
  Array.isArray(filter['$or']) && Object.keys(filter).length === 1;

/** Two conditions of one field as one, when their operators differ: MongoDB means the same by it. */
function join(one: unknown, other: unknown): Conditions | undefined {
  const [a, b] = [operators(one), operators(other)];
  if (!a || !b) return undefined;
  return Object.keys(b).some((operator) => operator in a) ? undefined : { ...a, ...b };
}

function operators(condition: unknown): Conditions | undefined {
  if (Array.isArray(condition)) return undefined;
  if (typeof condition !== 'object' || condition === null || condition instanceof Date) return { $eq: condition };
  return condition as Conditions;
}

/** The same conditions on the fields of a sub-document. */
export function within(parent: string, conditions: Conditions): Conditions {
  const placed = Object.entries(conditions).map(([field, condition]) =>
    field.startsWith('$')
      ? [field, (condition as readonly Conditions[]).map((inner) => within(parent, inner))]
      : [`${parent}.${field}`, condition],
  );
  return Object.fromEntries(placed);
}
