/** Searches of dates as conditions on the stored interval (FHIR R4, search.html#date; the fields are told in fields.ts). */
import type { CompiledSearchParameter } from '../../search/parameter.ts';
import type { Interval } from '../../search/prefix.ts';
import type { Prefix, SearchValue } from '../../search/query.ts';
import { searchedIntervals } from '../../search/types/date.ts';
import { any, type Conditions } from './combine.ts';
import { isCalendarOnly } from './fields.ts';
import { bounded, lowerEndBounds, pointConditions, rangeConditions } from './range-filter.ts';

type SearchedDate = Extract<SearchValue, { type: 'date' }>;

const HOUR = 3_600_000;
/** No zone is further from Greenwich. */
const ZONE = 14 * HOUR;
/** A year is the widest that one date can be. */
const YEAR = 366 * 24 * HOUR;

/** Conditions on one stored date, by the names of its sub-document. */
export function dateConditions(searched: SearchedDate, parameter: CompiledSearchParameter, now: Date): Conditions {
  const { instant, local } = searchedIntervals(searched, now);
  const { prefix, zoned } = searched;
  const width = widthOf(parameter);
  if (isCalendarOnly(parameter)) return onInstants(prefix, local, width);
  if (!zoned) return onWallClock(prefix, local, width);
  if (instant.lo === local.lo || width === 0) return onInstants(prefix, instant, width);
  return any([
    { z: true, ...onInstants(prefix, instant, width) },
    { z: { $exists: false }, ...onInstants(prefix, local, width) },
  ]);
}

/** Conditions on the instant of the last update, which is a point in UTC. */
export function instantConditions(searched: SearchedDate, field: string, now: Date): Conditions {
  const { lo, hi } = searchedIntervals(searched, now).instant;
  return pointConditions(searched.prefix, new Date(lo), new Date(hi), field);
}

/** How wide a stored interval can be, in milliseconds. */
function widthOf({ types }: CompiledSearchParameter): number {
  const isOpen = types.has('Period') || types.has('Timing');
  if (isOpen) return Number.POSITIVE_INFINITY;
  return types.has('date') || types.has('dateTime') ? YEAR : 0;
}

function onInstants(prefix: Prefix, interval: Interval, width: number): Conditions {
  return withBounds(onFields(prefix, interval, ['lo', 'hi'], width), lowerEndBounds(prefix, interval, width));
}

/** The wall clock isn't indexed, but it is never more than a zone away from the instant, which is. */
function onWallClock(prefix: Prefix, interval: Interval, width: number): Conditions {
  const { lo, hi } = lowerEndBounds(prefix, interval, width);
  return withBounds(onFields(prefix, interval, ['l', 'h'], width), {
    ...(lo === undefined ? {} : { lo: lo - ZONE }),
    ...(hi === undefined ? {} : { hi: hi + ZONE }),
  });
}

function onFields(
  prefix: Prefix,
  { lo, hi }: Interval,
  fields: readonly [lower: string, upper: string],
  width: number,
): Conditions {
  const [from, to] = [new Date(lo), new Date(hi)];
  return width === 0
    ? pointConditions(prefix, from, to, fields[0])
    : rangeConditions({ prefix, lo: from, hi: to, fields });
}

function withBounds(conditions: Conditions, { lo, hi }: Partial<Interval>): Conditions {
  return bounded(conditions, 'lo', {
    ...(lo !== undefined && Number.isFinite(lo) ? { lo: new Date(lo) } : {}),
    ...(hi !== undefined && Number.isFinite(hi) ? { hi: new Date(hi) } : {}),
  });
}
