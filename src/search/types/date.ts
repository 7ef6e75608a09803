/** Search parameters of type date (FHIR R4, search.html#date). */
import { type DateInterval, parseDate } from '../../fhir/date.ts';
import { isObject } from '../../fhir/resource-content.ts';
import type { Extractors, IndexValue } from '../index-entry.ts';
import { satisfies, splitPrefix } from '../prefix.ts';
import type { SearchValue } from '../query.ts';
import { readText, refuseValue, type ValueContext } from '../value-reader.ts';

type IndexedDate = Extract<IndexValue, { type: 'date' }>;
type SearchedDate = Extract<SearchValue, { type: 'date' }>;
type Bounds = { readonly lo: number; readonly hi: number };

/** Stand-ins for "no boundary", in milliseconds: beyond every date that FHIR can write, in every zone. */
const BEFORE_ALL_DATES = -300_000_000_000_000;
const AFTER_ALL_DATES = 300_000_000_000_000;

const OPEN_START = { lo: BEFORE_ALL_DATES, localLo: BEFORE_ALL_DATES };
const OPEN_END = { hi: AFTER_ALL_DATES, localHi: AFTER_ALL_DATES };

/** Reads `ge2024-03`. */
export function parseDateValue(raw: string, context: ValueContext): SearchedDate {
  const { prefix, rest } = splitPrefix(readText(raw, context));
  const interval = parseDate(rest);
  if (!interval)
    throw refuseValue(context, 'takes a date such as 2024, 2024-03, 2024-03-10 or 2024-03-10T09:30:00-05:00');
  return { type: 'date', prefix, ...interval };
}

export const dateExtractors: Extractors = {
  date: (value, add) => addDate(readDate(value), add),
  dateTime: (value, add) => addDate(readDate(value), add),
  // An instant is a point in time, whatever the digits it is written with.
  instant: (value, add) => {
    const date = readDate(value);
    addDate(date && { ...date, hi: date.lo, localHi: date.localLo }, add);
  },
  Period: (value, add) => addDate(isObject(value) ? span([value['start']], [value['end']]) : undefined, add),
  Timing: (value, add) => addDate(isObject(value) ? outerLimits(value) : undefined, add),
};

function addDate(date: DateInterval | undefined, add: (value: IndexValue) => void): void {
  if (date) add({ type: 'date', ...date });
}

const readDate = (value: unknown): DateInterval | undefined =>
  typeof value === 'string' ? parseDate(value) : undefined;

/** Of a schedule only the outer limits count: its events, and the Period that bounds its repetition. */
function outerLimits(timing: Readonly<Record<string, unknown>>): DateInterval | undefined {
  const events = Array.isArray(timing['event']) ? timing['event'] : [];
  const repeat = isObject(timing['repeat']) ? timing['repeat'] : {};
  const bounds = isObject(repeat['boundsPeriod']) ? repeat['boundsPeriod'] : {};
  return span([bounds['start'], ...events], [bounds['end'], ...events]);
}

/** From the earliest start to the latest end; open where there is none, undefined when open on both sides or empty. */
function span(starts: readonly unknown[], ends: readonly unknown[]): DateInterval | undefined {
  const first = starts.map(readDate).reduce((a, b) => (a && b ? (b.lo < a.lo ? b : a) : (a ?? b)), undefined);
  const last = ends.map(readDate).reduce((a, b) => (a && b ? (b.hi > a.hi ? b : a) : (a ?? b)), undefined);
  if (!first && !last) return undefined;
  const { lo, localLo } = first ?? OPEN_START;
  const { hi, localHi } = last ?? OPEN_END;
  if (hi < lo) return undefined;
  // Ends written in different zones can cross on the wall clock though they don't in time.
  return { lo, hi, localLo, localHi: Math.max(localLo, localHi), zoned: Boolean(first?.zoned || last?.zoned) };
}

/** The searched instants and wall-clock times; for `ap` widened by a tenth of their distance from now on both sides. */
export function searchedIntervals(
  searched: SearchedDate,
  now: Date,
): { readonly instant: Bounds; readonly local: Bounds } {
  const { lo, hi, localLo, localHi, prefix } = searched;
  const distance = Math.max(lo - now.getTime(), now.getTime() - hi, 0);
  const margin = prefix === 'ap' ? Math.round(distance / 10) : 0;
  return { instant: widen({ lo, hi }, margin), local: widen({ lo: localLo, hi: localHi }, margin) };
}

const widen = ({ lo, hi }: Bounds, margin: number): Bounds => ({ lo: lo - margin, hi: hi + margin });

/** Instants are compared where both sides have a zone; otherwise calendars are, and zones play no part. */
export function matchesDate(indexed: IndexedDate, searched: SearchedDate, now: Date): boolean {
  const { instant, local } = searchedIntervals(searched, now);
  if (indexed.zoned && searched.zoned) return satisfies(indexed, searched.prefix, instant);
  return satisfies({ lo: indexed.localLo, hi: indexed.localHi }, searched.prefix, local);
}
