/** Arbitrary damage to a resource: members and items taken out, repeated, or replaced by others. */
import fc from 'fast-check';

export type Json = { readonly [key: string]: unknown };

type Key = string | number;
type Node = Record<Key, unknown>;

interface Edit {
  readonly kind: 'remove' | 'repeat' | 'replace' | 'empty';
  /** Which of the resource's values, as a part of their number. */
  readonly at: number;
  readonly value: unknown;
}

const values = fc.constantFrom<unknown>(
  '',
  'x',
  'A',
  'male',
  '2020',
  '2030-01-01',
  '0',
  '12345',
  'http://hl7.org/fhir/sid/ndc',
  'http://hl7.org/fhir/sid/cvx',
  'UNK',
  'ombCategory',
  'completed',
  true,
  false,
  0,
  3,
);

const edits: fc.Arbitrary<readonly Edit[]> = fc.array(
  fc.record({
    kind: fc.constantFrom<Edit['kind']>('remove', 'remove', 'repeat', 'replace', 'empty'),
    at: fc.double({ min: 0, max: 0.999, noNaN: true }),
    value: values,
  }),
  { maxLength: 4 },
);

/** Functions that give back a damaged copy. */
export const mutations: fc.Arbitrary<(resource: Json) => Json> = edits.map((list) => (resource: Json) => {
  const copy = structuredClone(resource);
  for (const edit of list) applyEdit(copy as Node, edit);
  return copy;
});

/** Where each value is; the type of the resource stays. */
function placesOf(node: Node): readonly (readonly [Node, Key])[] {
  return Object.keys(node)
    .filter((key) => key !== 'resourceType')
    .flatMap((name): readonly (readonly [Node, Key])[] => {
      const key = Array.isArray(node) ? Number(name) : name;
      const value = node[key];
      return [[node, key], ...(typeof value === 'object' && value !== null ? placesOf(value as Node) : [])];
    });
}

function applyEdit(resource: Node, { kind, at, value }: Edit): void {
  const places = placesOf(resource);
  const place = places[Math.floor(at * places.length)];
  if (!place) return;
  const [parent, key] = place;
  if (kind === 'remove') removeAt(parent, key);
  else if (kind === 'repeat' && Array.isArray(parent))
    parent.splice(Number(key), 0, structuredClone(parent[Number(key)]));
  else if (kind === 'empty' && typeof parent[key] === 'object') parent[key] = Array.isArray(parent[key]) ? [] : {};
  else if (kind === 'replace' && typeof parent[key] === typeof value) parent[key] = value;
}

function removeAt(parent: Node, key: Key): void {
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete parent[key];
}
