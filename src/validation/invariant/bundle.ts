/** Invariants of Bundle (FHIR R4, bundle.html). */
import type { JsonObject } from '../../fhir/resource-content.ts';
import { brokenIn, exists, type Invariant, invariant, invariantWithin, objectOf, objectsOf } from './invariant.ts';

const isOf = ({ type }: JsonObject, ...types: readonly string[]): boolean => types.some((other) => other === type);
/** Without a type, which the schema asks for, nothing that depends on it can be said. */
const hasType = ({ type }: JsonObject): boolean => typeof type === 'string';

const bdl1 = invariant(
  'bdl-1',
  'Only a searchset or a history has a total.',
  (bundle) => !hasType(bundle) || !exists(bundle, 'total') || isOf(bundle, 'searchset', 'history'),
);
const bdl2 = invariantWithin('bdl-2', 'Only the entries of a searchset have search.', (bundle) =>
  !hasType(bundle) || isOf(bundle, 'searchset') ? [] : brokenIn(bundle, 'entry', (entry) => exists(entry, 'search')),
);

/** An element that every entry of some types of Bundle has, and no entry of the others. */
const onlyIn = (key: string, element: string, ...types: readonly string[]): Invariant =>
  invariantWithin(
    key,
    `Each entry of a Bundle of type ${types.slice(0, -1).join(', ')} or ${types.at(-1)} needs a ${element}, those of other types have none.`,
    (bundle) =>
      hasType(bundle) ? brokenIn(bundle, 'entry', (entry) => exists(entry, element) !== isOf(bundle, ...types)) : [],
  );

const bdl5 = invariant('bdl-5', 'An entry needs a resource, a request or a response.', (entry) =>
  exists(entry, 'resource', 'request', 'response'),
);
const bdl7 = invariantWithin(
  'bdl-7',
  'A fullUrl must be unique in its Bundle, or its resources differ in meta.versionId.',
  (bundle) => {
    if (isOf(bundle, 'history')) return [];
    const seen = new Set<string>();
    return brokenIn(bundle, 'entry', (entry) => {
      const key = versionedUrl(entry);
      const isSecond = key !== undefined && seen.has(key);
      if (key !== undefined) seen.add(key);
      return isSecond;
    });
  },
);

function versionedUrl(entry: JsonObject): string | undefined {
  const { fullUrl } = entry;
  if (typeof fullUrl !== 'string') return undefined;
  const version = objectOf(objectOf(entry, 'resource') ?? {}, 'meta')?.['versionId'];
  return JSON.stringify([fullUrl, version ?? '']);
}

const bdl8 = invariant(
  'bdl-8',
  "A fullUrl names a resource, not one of its versions: it can't have /_history/ in it.",
  ({ fullUrl }) => typeof fullUrl !== 'string' || !fullUrl.includes('/_history/'),
);

const ifDocument = (key: string, message: string, holds: (bundle: JsonObject) => boolean): Invariant =>
  invariant(key, message, (bundle) => !isOf(bundle, 'document') || holds(bundle));

const bdl9 = ifDocument('bdl-9', 'A document needs an identifier with a system and a value.', (bundle) => {
  const identifier = objectOf(bundle, 'identifier') ?? {};
  return exists(identifier, 'system') && exists(identifier, 'value');
});
const bdl10 = ifDocument('bdl-10', 'A document needs a timestamp.', (bundle) => bundle['timestamp'] !== undefined);
const bdl11 = ifDocument('bdl-11', 'The first resource of a document must be a Composition.', (bundle) =>
  beginsWith(bundle, 'Composition'),
);
const bdl12 = invariant(
  'bdl-12',
  'The first resource of a message must be a MessageHeader.',
  (bundle) => !isOf(bundle, 'message') || beginsWith(bundle, 'MessageHeader'),
);

function beginsWith(bundle: JsonObject, resourceType: string): boolean {
  const first = objectOf(objectsOf(bundle, 'entry')[0] ?? {}, 'resource');
  return first === undefined || first['resourceType'] === resourceType;
}

export const bundleInvariants: readonly (readonly [string, readonly Invariant[]])[] = [
  [
    'Bundle',
    [
      bdl1,
      bdl2,
      onlyIn('bdl-3', 'request', 'batch', 'transaction', 'history'),
      onlyIn('bdl-4', 'response', 'batch-response', 'transaction-response', 'history'),
      bdl7,
      bdl9,
      bdl10,
      bdl11,
      bdl12,
    ],
  ],
  ['Bundle.entry', [bdl5, bdl8]],
];
