import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/config.ts';
import { describeRead, parseSearch } from '../../src/explain-command.ts';

const TYPES = ['Patient', 'Immunization'];
const definitions = { resourceTypes: TYPES, isServed: (type: string) => TYPES.includes(type) };

describe('a search that is to be explained', () => {
  it.each([
    ['Immunization?patient=1', { types: ['Immunization'], params: { patient: '1' } }],
    ['/Immunization', { types: ['Immunization'], params: {} }],
    ['http://localhost:8080/fhir/Patient?family=a%20b', { types: ['Patient'], params: { family: 'a b' } }],
    ['Patient/7/Immunization?_sort=date', { types: ['Immunization'], compartment: 'Patient/7' }],
    ['Patient/7/*', { types: TYPES, compartment: 'Patient/7' }],
    ['?_type=Patient&_id=1', { types: ['Patient'], params: { _id: '1' } }],
    ['?_id=1', { types: TYPES, params: { _id: '1' } }],
  ])('is read from %s', (query, expected) => {
    expect(parseSearch(query, definitions)).toMatchObject({ ...expected, handling: 'strict' });
  });

  it.each(['Patient/7', 'metadata', '$meta'])('is not what %s is', (query) => {
    expect(() => parseSearch(query, definitions)).toThrow(ConfigError);
  });
});

const read = {
  resourceType: 'Immunization',
  filter: { s_patient: 'Patient/1' },
  sort: { 's_date.lo': -1, _id: 1 },
  hint: undefined,
  stages: ['LIMIT', 'IXSCAN'],
  indexes: ['s_patient_1_s_date.lo_-1__id_1'],
  pending: [],
  examined: 4,
  returned: 4,
  milliseconds: 0.25,
} as const;

describe('the explanation of a read', () => {
  it('names its index, its filter and what was looked at', () => {
    const text = describeRead(read);
    expect(text).toContain('reads the index s_patient_1_s_date.lo_-1__id_1 in the order of the answer');
    expect(text).toContain('{"s_patient":"Patient/1"}');
    expect(text).toContain('4 looked at for 4 found');
  });

  it.each([
    ['the whole collection is read', { stages: ['LIMIT', 'COLLSCAN'], indexes: [] }, 'WHOLE COLLECTION'],
    ['what was found is sorted', { stages: ['LIMIT', 'SORT', 'IXSCAN'] }, 'then sorts'],
    ['the index helps little', { examined: 5000, returned: 3 }, 'passes over most'],
    ['no index has the order', { sort: undefined }, 'no index has it'],
    ['the index is asked for', { hint: { _id: 1 } }, 'asked for'],
    ['a chain finds too many', { pending: ['patient.name'] }, 'patient.name: it finds too many'],
    ['the database doesn’t tell', { examined: undefined }, 'an unknown number'],
  ] as const)('says where %s', (_what, change, words) => {
    expect(describeRead({ ...read, ...change })).toContain(words);
  });
});
