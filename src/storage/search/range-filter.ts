/** Prefixes as conditions on stored intervals, bounded so that an index can stop early (FHIR R4, search.html#prefix). */
import type { Interval } from '../../search/prefix.ts';
import type { Prefix } from '../../search/query.ts';
import { all, type Conditions } from './combine.ts';

/** An interval as it is searched, and where the stored one is. */
export interface RangeSearch<Bound> {
  readonly prefix: Prefix;
  readonly lo: Bound;
  readonly hi: Bound;
  /** Fields with the two ends of the stored interval. */
  readonly fields: readonly [lower: string, upper: string];
}

/** What `satisfies` says, for MongoDB. */
export function rangeConditions<Bound>({ prefix, lo, hi, fields }: RangeSearch<Bound>): Conditions {
  const [lower, upper] = fields;
  switch (prefix) {
    case 'eq':
      return { [lower]: { $gte: lo, $lte: hi }, [upper]: { $lte: hi } };
    case 'ne':
      return { $or: [{ [lower]: { $lt: lo } }, { [upper]: { $gt: hi } }] };
    case 'gt':
      return { [upper]: { $gt: hi } };
    case 'lt':
      return { [lower]: { $lt: lo } };
    case 'ge':
      return { $or: [{ [upper]: { $gt: hi } }, { [lower]: { $gte: lo } }] };
    case 'le':
      return { $or: [{ [lower]: { $lt: lo } }, { [upper]: { $lte: hi } }] };
    case 'sa':
      return { [lower]: { $gt: hi } };
    case 'eb':
      return { [lower]: { $lt: lo }, [upper]: { $lt: lo } };
    case 'ap':
      return { [lower]: { $lte: hi }, [upper]: { $gte: lo } };
  }
}

/** The same when the stored value is a point, so that one field tells all. */
export function pointConditions<Bound>(prefix: Prefix, lo: Bound, hi: Bound, field: string): Conditions {
  switch (prefix) {
    case 'eq':
    case 'ap':
      return { [field]: { $gte: lo, $lte: hi } };
    case 'ne':
      return { $or: [{ [field]: { $lt: lo } }, { [field]: { $gt: hi } }] };
    case 'gt':
    case 'sa':
      return { [field]: { $gt: hi } };
    case 'lt':
    case 'eb':
      return { [field]: { $lt: lo } };
    case 'ge':
      return { [field]: { $gte: lo } };
    case 'le':
      return { [field]: { $lte: hi } };
  }
}

/**
 * Bounds that the lower end keeps in every match, when no stored interval is wider than `width`: what lets an index on
 * the lower end begin and stop.
 */
export function lowerEndBounds(prefix: Prefix, { lo, hi }: Interval, width: number): Partial<Interval> {
  switch (prefix) {
    case 'eq':
      return { lo, hi };
    case 'ne':
      return {};
    case 'gt':
    case 'sa':
      return { lo: hi - width };
    case 'ge':
      return { lo: Math.min(lo, hi - width) };
    case 'lt':
    case 'le':
    case 'eb':
      return { hi };
    case 'ap':
      return { lo: lo - width, hi };
  }
}

/** Adds bounds to a field, unless it has closer ones on that side. */
export function bounded(
  conditions: Conditions,
  field: string,
  bounds: { readonly lo?: unknown; readonly hi?: unknown },
): Conditions {
  const own = (conditions[field] ?? {}) as Conditions;
  const extra: Record<string, unknown> = {};
  if (bounds.lo !== undefined && !('$gte' in own || '$gt' in own)) extra['$gte'] = bounds.lo;
  if (bounds.hi !== undefined && !('$lte' in own || '$lt' in own)) extra['$lte'] = bounds.hi;
  return Object.keys(extra).length === 0 ? conditions : all([conditions, { [field]: extra }]);
}
