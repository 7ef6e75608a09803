/** Random resources grown from the element table, with the values that break careless searches. */
import fc from 'fast-check';
import { type ChildElement, childElements, type ElementTable } from '../../../src/search/element-table.ts';

export const BASE_URL = 'https://jenner.example.org/fhir';

export const TEXTS = [
  ...[
    'Müller',
    'MULLER',
    'Muller-Lüdenscheidt',
    "O'Brien",
    'obrien',
    'Straße',
    'STRASSE',
    'Carreno Quinones',
    'é',
    'e\u0301',
  ],
  ...['a|b', 'a,b', 'a$b', 'a\\b', '.*', '(x', '[y]', '^a', 'a.b', '$gt', '__proto__', 'constructor', '  two  spaces '],
  ...['日本 太郎', 'ΟΔΟΣ', 'οδός', 'İstanbul', '-', 'a', 'A+', 'tab\there', 'x'.repeat(200)],
] as const;
export const CODES = [
  'male',
  'MALE',
  'a|b',
  'a,b',
  'a$b',
  '=x',
  '\\',
  '.*',
  '__proto__',
  '03',
  'active',
  'mg',
  'MG',
] as const;
export const SYSTEMS = [
  'http://acme.org',
  'http://acme.org|x',
  '=sys',
  'urn:oid:1.2',
  '.*',
  'a\\',
  'http://ACME.org',
] as const;
export const DATES = [
  ...['2024', '2024-02', '2024-02-29', '2024-03', '2023-12-31', '2025', '0001', '0001-01-01', '9999', '9999-12-31'],
  ...['2024-02-29T23:30:00-05:00', '2024-03-01T04:30:00Z', '2024-02-29T12:00:00.5+05:45', '2024-12-31T23:59:60Z'],
  ...[
    '9999-12-31T23:59:59.999-14:00',
    '0001-01-01T00:00:00+14:00',
    '2024-03-01T00:00:00+14:00',
    '2024-03-01T04:30:00.001Z',
  ],
] as const;
export const URIS = [
  ...[
    'http://acme.org/fhir/ValueSet/123',
    'http://acme.org/fhir/ValueSet',
    'http://acme.org/fhir/',
    'http://acme.org/fhir',
  ],
  ...['http://acme.org/FHIR', 'http://acme.org', 'http://acme.org/.*', 'http://acme.org/fhir/ValueSet/123/_history/5'],
  ...['http://acme.org/fhir/ValueSet/123|1.0', 'urn:oid:1.2.3', 'urn:uuid:53fefa32-fcbb-4ff8-8a92-55ee120877b7'],
] as const;
export const NUMBERS = [0, 1, 5, 5.35, 5.4, 5.44, 5.45, 5.9, 95, 99.5, 100, 100.5, 105, 110, -3, 1e-5] as const;
export const IDS = ['1', '2', 'a', 'A', 'a.b-c'] as const;
const INSTANTS = DATES.filter((date) => /Z$|:\d\d[+-]/.test(date));
const DAYS = DATES.filter((date) => !date.includes('T'));

const pick = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const record = (parts: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<unknown> =>
  fc.record(parts, { requiredKeys: [] });
const some = (arbitrary: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> => fc.array(arbitrary, { maxLength: 3 });

const coding = record({ system: pick(SYSTEMS), code: pick(CODES), display: pick(TEXTS) });
const concept = record({ coding: some(coding), text: pick(TEXTS) });
const identifier = record({ system: pick(SYSTEMS), value: pick([...CODES, ...TEXTS]), type: concept });
const period = record({ start: pick(DATES), end: pick(DATES) });
const quantity = record({
  value: pick(NUMBERS),
  comparator: pick(['<', '<=', '>', '>=']),
  unit: pick(CODES),
  system: pick(SYSTEMS),
  code: pick(CODES),
});
const address = record({ line: some(pick(TEXTS)), city: pick(TEXTS), state: pick(TEXTS), use: pick(CODES) });
const name = record({ family: pick(TEXTS), given: some(pick(TEXTS)), text: pick(TEXTS) });

const VALUES: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  boolean: fc.boolean(),
  code: pick(CODES),
  string: pick(TEXTS),
  markdown: pick(TEXTS),
  id: pick(IDS),
  date: pick(DAYS),
  dateTime: pick(DATES),
  instant: pick(INSTANTS),
  uri: pick(URIS),
  url: pick(URIS),
  canonical: pick(URIS),
  decimal: pick(NUMBERS),
  integer: fc.integer({ min: -3, max: 110 }),
  positiveInt: fc.integer({ min: 1, max: 110 }),
  unsignedInt: fc.integer({ min: 0, max: 110 }),
  Coding: coding,
  CodeableConcept: concept,
  Identifier: identifier,
  HumanName: name,
  Address: address,
  ContactPoint: record({
    system: pick(['phone', 'email', 'fax']),
    value: pick([...TEXTS, '(555) 010-0199']),
    use: pick(CODES),
  }),
  Period: period,
  Timing: record({ event: some(pick(DATES)), repeat: record({ boundsPeriod: period }) }),
  Quantity: quantity,
  Age: quantity,
  Duration: quantity,
  Money: record({ value: pick(NUMBERS), currency: pick(['USD', 'EUR']) }),
  Range: record({ low: record({ value: pick(NUMBERS), code: pick(CODES) }), high: record({ value: pick(NUMBERS) }) }),
  SampledData: record({
    origin: quantity,
    factor: pick([2, 0.5]),
    data: pick(['1 2 3', 'E', 'L 5 U', '']),
    lowerLimit: pick([-10]),
  }),
  Meta: record({ profile: some(pick(URIS)), tag: some(coding), security: some(coding), source: pick(URIS) }),
  Extension: record({ url: pick(URIS), valueString: pick(TEXTS) }),
};

function reference({ targets }: ChildElement): fc.Arbitrary<unknown> {
  const types = targets.length > 0 && !targets.includes('Resource') ? targets : ['Patient', 'Organization', 'Group'];
  const literal = fc.tuple(pick(types), pick(IDS)).map(([type, id]) => `${type}/${id}`);
  const written = fc.tuple(
    literal,
    pick(['', '/_history/2']),
    pick(['', '', `${BASE_URL}/`, 'http://other.org/fhir/']),
  );
  return record({
    reference: fc.oneof(
      { weight: 4, arbitrary: written.map(([relative, version, base]) => base + relative + version) },
      {
        weight: 1,
        arbitrary: pick(['#contained', 'urn:uuid:53fefa32-fcbb-4ff8-8a92-55ee120877b7', 'not a reference']),
      },
    ),
    type: pick(types),
    identifier,
    display: pick(TEXTS),
  });
}

/** Types whose elements are grown from the table, to this depth. */
const DEPTH = 3;
const NOT_SEARCHED = new Set([
  'Narrative',
  'Resource',
  'Attachment',
  'Signature',
  'xhtml',
  'base64Binary',
  'Annotation',
]);

function arbitraryOf(table: ElementTable, child: ChildElement, depth: number): fc.Arbitrary<unknown> | undefined {
  if (child.type === 'Reference') return reference(child);
  const known = VALUES[child.type];
  if (known) return known;
  if (depth >= DEPTH || NOT_SEARCHED.has(child.type)) return undefined;
  return elementsOf(table, child.children, depth + 1);
}

function elementsOf(table: ElementTable, parent: string, depth: number): fc.Arbitrary<unknown> {
  const parts: Record<string, fc.Arbitrary<unknown>> = {};
  for (const property of propertiesOf(table, parent)) {
    const choices = childElements(table, parent, property);
    for (const child of choices) {
      const one = arbitraryOf(table, child, depth);
      if (one) parts[child.property] = child.many ? fc.array(one, { maxLength: 2 }) : one;
    }
  }
  return record(parts).map((grown) => withOneOfEachChoice(table, parent, grown as Record<string, unknown>));
}

const propertiesOf = (table: ElementTable, parent: string): readonly string[] =>
  [...table.keys()]
    .filter((path) => path.startsWith(`${parent}.`) && !path.slice(parent.length + 1).includes('.'))
    .map((path) => path.slice(parent.length + 1).replace('[x]', ''));

/** A choice element has one of its types only. */
function withOneOfEachChoice(table: ElementTable, parent: string, grown: Record<string, unknown>): unknown {
  const kept: Record<string, unknown> = { ...grown };
  for (const property of propertiesOf(table, parent)) {
    const present = childElements(table, parent, property).filter((child) => child.property in kept);
    for (const other of present.slice(1)) delete kept[other.property];
  }
  return kept;
}

export const randomResource = (table: ElementTable, resourceType: string): fc.Arbitrary<Record<string, unknown>> =>
  elementsOf(table, resourceType, 0).map((grown) => ({ ...(grown as object), resourceType }));
