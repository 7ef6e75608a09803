/** One page of a search, of one type or several (FHIR R4, http.html#paging): read in the order of an index. */
import type { Filter } from 'mongodb';
import type { JoinCriterion } from '../../search/query.ts';
import type { ResourceDocument } from '../database.ts';
import { VERSION_PROJECTION } from '../resource-document.ts';
import type { Store } from '../versions.ts';
import { all, type Conditions } from './combine.ts';
import type { Position } from './cursor.ts';
import { type Inquiry, TIME_LIMIT_MS } from './inquiry.ts';
import type { KeyOrder, SortValue } from './key-order.ts';
import { orderHint } from './order-hint.ts';
import { type Start, type Stretch, stretchesOf } from './page-filter.ts';
import { compareInOrder } from './sort-values.ts';
import { walk } from './walk.ts';

/** What is searched of one type. */
export interface Source {
  readonly resourceType: string;
  /** All that is asked of its resources, but for what may be seen. */
  readonly conditions: Conditions;
  /** The same, as far as it may be seen. */
  readonly filter: Conditions;
  /** What no filter can say, and is looked at for each resource that the filter finds. */
  readonly pending: readonly JoinCriterion[];
  readonly inquiry: Inquiry;
  /** Fields that are needed beside those of a version: references to be followed, what is pending is told from. */
  readonly fields: readonly string[];
}

export interface Row {
  readonly resourceType: string;
  readonly document: ResourceDocument;
  /** What the row is sorted by. */
  readonly values: readonly (SortValue | undefined)[];
}

/** Where a page is: how many rows, after or before a position. */
export interface Place {
  readonly count: number;
  readonly position: Position | undefined;
  readonly backward: boolean;
}

export interface RowPage {
  /** In the order of the search, however the page was come to. */
  readonly rows: readonly Row[];
  /** Whether there are more in the direction in which the page was read. */
  readonly hasMore: boolean;
}

/** A type with the order in which an index reads it. */
export interface OrderedSource extends Source {
  readonly order: KeyOrder;
}

/** The page where types follow one another, each in its own order. */
export async function pageByType(store: Store, sources: readonly OrderedSource[], place: Place): Promise<RowPage> {
  const { count, position, backward } = place;
  const inTurn = backward ? sources.toReversed() : sources;
  const first = Math.max(
    position ? inTurn.findIndex(({ resourceType }) => resourceType === position.resourceType) : 0,
    0,
  );
  const rows: Row[] = [];
  for (const source of inTurn.slice(first)) {
    const isBegun = position?.resourceType === source.resourceType;
    const start = isBegun ? startAt(position, 'beyond') : undefined;
    rows.push(...(await readRows(store, source, { start, backward, limit: count + 1 - rows.length })));
    if (rows.length > count) break;
  }
  return cut(rows, place);
}

/** The page where all types share one order: resources of the same value by type. */
export async function pageMerged(store: Store, sources: readonly OrderedSource[], place: Place): Promise<RowPage> {
  const { count, position, backward } = place;
  const rankOf = new Map(sources.map(({ resourceType }, rank) => [resourceType, rank]));
  const rank = (resourceType: string): number => rankOf.get(resourceType) ?? -1;
  const lists = await Promise.all(
    sources.map((source) => {
      const ahead = position ? rank(source.resourceType) - rank(position.resourceType) : 0;
      const start = position && startAt(position, ahead === 0 ? 'beyond' : ahead > 0 === backward ? 'none' : 'all');
      return readRows(store, source, { start, backward, limit: count + 1 });
    }),
  );
  const direction = sources[0]?.order.direction ?? 1;
  const turn = backward ? -1 : 1;
  const compare = (a: Row, b: Row): number =>
    turn * (compareInOrder(a.values[0], b.values[0], direction) || rank(a.resourceType) - rank(b.resourceType));
  return cut(
    lists
      .flat()
      .sort(compare)
      .slice(0, count + 1),
    place,
  );
}

const startAt = ({ values: [value], id }: Position, equals: Start['equals']): Start => ({ value, id, equals });

function cut(rows: readonly Row[], { count, backward }: Place): RowPage {
  const page = rows.slice(0, count);
  return { rows: backward ? page.toReversed() : page, hasMore: rows.length > count };
}

interface Reading {
  readonly start: Start | undefined;
  readonly backward: boolean;
  readonly limit: number;
}

async function readRows(store: Store, source: OrderedSource, { start, backward, limit }: Reading): Promise<Row[]> {
  const { resourceType, order, pending, fields, inquiry } = source;
  const toRow = (document: ResourceDocument): Row => ({ resourceType, document, values: [valueIn(document, order)] });
  const read = (last: ResourceDocument | undefined, most: number) => {
    const from = last ? startAt({ ...toRow(last), id: last._id }, 'beyond') : start;
    return readDocuments(store, source, { start: from, backward, limit: most });
  };
  const documents =
    pending.length === 0
      ? await read(undefined, limit)
      : await walk(inquiry, { resourceType, pending, fields, read }, limit);
  return documents.map(toRow);
}

async function readDocuments(
  store: Store,
  source: OrderedSource,
  { start, backward, limit }: Reading,
): Promise<readonly ResourceDocument[]> {
  const documents: ResourceDocument[] = [];
  for (const stretch of stretchesOf(source.order, { start, backward })) {
    const left = limit - documents.length;
    if (left > 0) documents.push(...(await readStretch(store, source, { stretch, limit: left })));
  }
  return documents;
}

function readStretch(
  store: Store,
  source: OrderedSource,
  { stretch, limit }: { readonly stretch: Stretch; readonly limit: number },
): Promise<ResourceDocument[]> {
  const { filter, sort, ...options } = stretchQuery(store, source, stretch);
  return store.database
    .current(source.resourceType)
    .find(filter, { ...options, maxTimeMS: TIME_LIMIT_MS })
    .sort(sort)
    .limit(limit)
    .batchSize(limit)
    .toArray();
}

/** What the database is asked for a stretch of a page. */
export function stretchQuery(
  { definitions }: Pick<Store, 'definitions'>,
  { resourceType, filter, fields, order }: OrderedSource,
  { conditions, sort }: Stretch,
) {
  const hint = orderHint(filter, order.index, definitions.indexes(resourceType));
  const sortField = order.field === undefined ? [] : [order.field];
  const projection = {
    ...VERSION_PROJECTION,
    ...Object.fromEntries([...sortField, ...fields].map((field) => [field, 1] as const)),
  };
  return { filter: all([filter, conditions]) as Filter<ResourceDocument>, sort, projection, ...(hint ? { hint } : {}) };
}

/** The value at `s_date.lo` or `lu`. */
function valueIn(document: ResourceDocument, { field }: KeyOrder): SortValue | undefined {
  if (field === undefined) return document._id;
  const [name = '', part] = field.split('.');
  const value = (document as unknown as Readonly<Record<string, unknown>>)[name];
  return (part === undefined ? value : (value as Readonly<Record<string, unknown>> | undefined)?.[part]) as
    | SortValue
    | undefined;
}
