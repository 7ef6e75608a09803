/** The profiles, tags and security labels that stored resources have (FHIR R4, resource-operation-meta.html). */
import type { Filter } from 'mongodb';
import { isObject, type JsonObject } from '../fhir/resource-content.ts';
import type { ResourceDocument } from './database.ts';
import { visible } from './reach.ts';
import type { Store } from './versions.ts';

/** A Meta with labels only. */
export interface LabelsInUse {
  readonly profile?: readonly string[];
  readonly security?: readonly JsonObject[];
  readonly tag?: readonly JsonObject[];
}

/** The search fields that tell which resources have labels, and where in `meta` those are. */
const FIELDS = { profile: 's__profile', security: 's__security', tag: 's__tag' } as const;
type Label = keyof typeof FIELDS;

const TIME_LIMIT_MS = 20_000;

export function mongoLabels(store: Store) {
  return { inUse: (resourceType: string | undefined) => labelsInUse(store, resourceType) };
}

/** Of one type, or of all; each label once, by its system and code. */
async function labelsInUse(store: Store, resourceType: string | undefined): Promise<LabelsInUse> {
  const types = resourceType === undefined ? store.definitions.resourceTypes : [resourceType];
  const found: Record<Label, Map<string, unknown>> = { profile: new Map(), security: new Map(), tag: new Map() };
  for (const type of types) {
    for (const label of Object.keys(FIELDS) as Label[]) await collect(store, { type, label }, found[label]);
  }
  return Object.fromEntries(
    Object.entries(found).flatMap(([label, values]) => (values.size > 0 ? [[label, [...values.values()]]] : [])),
  );
}

interface Place {
  readonly type: string;
  readonly label: Label;
}

/** One resource for each value of the search field is enough to know the label as it is written. */
async function collect(store: Store, { type, label }: Place, values: Map<string, unknown>): Promise<void> {
  const field = FIELDS[label];
  const collection = store.database.current(type);
  const having = (condition: unknown) =>
    visible(store.reach, type, [{ [field]: condition }]) as Filter<ResourceDocument>;
  const keys: unknown[] = await collection.distinct(field, having({ $ne: null }), { maxTimeMS: TIME_LIMIT_MS });
  for (const key of keys) {
    const document = await collection.findOne(having(key), { projection: { body: 1 } });
    for (const value of labelsOf(document?.body ?? '{}', label)) values.set(identityOf(value), value);
  }
}

function labelsOf(body: string, label: Label): readonly unknown[] {
  const meta = (JSON.parse(body) as JsonObject)['meta'];
  return isObject(meta) ? [meta[label] ?? []].flat() : [];
}

const identityOf = (value: unknown): string =>
  isObject(value) ? JSON.stringify([value['system'], value['code']]) : String(value);
