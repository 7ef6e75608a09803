import { describe, expect, it } from 'vitest';
import { searchFields } from '../../../../src/storage/search/fields.ts';
import { compiledFor } from '../../search/declared.ts';
import { entriesOf, example, type TestResource } from '../../search/search.ts';

const fieldsOf = (resource: TestResource) => searchFields(entriesOf(resource), compiledFor(resource.resourceType));
const day = (date: string) => ({ lo: new Date(`${date}T00:00:00.000Z`), hi: new Date(`${date}T23:59:59.999Z`) });
const local = ({ lo, hi }: { lo: Date; hi: Date }) => ({ l: lo, h: hi });
const US = '\u001f';

describe('the search fields of a resource', () => {
  it('are one for each parameter that the resource has something for', () => {
    expect(fieldsOf(example('Immunization-protocol'))).toEqual({
      s_date: { ...day('2018-06-18'), ...local(day('2018-06-18')) },
      s_identifier: [
        '=urn:oid:1.3.6.1.4.1.21367.2005.3.7.1234',
        'urn:ietf:rfc:3986|urn:oid:1.3.6.1.4.1.21367.2005.3.7.1234',
      ],
      s_location: 'Location/1',
      's_lot-number': `pt123f${US}PT123F`,
      s_manufacturer: 'Organization/hl7',
      s_patient: 'Patient/example',
      s_performer: 'Practitioner/example',
      s_series: [`2dose${US}2-dose`, `3dose${US}3-dose`],
      s_status: '=completed',
      's_target-disease': [
        '=40468003',
        'http://snomed.info/sct|40468003',
        '=66071002',
        'http://snomed.info/sct|66071002',
      ],
      's_vaccine-code': ['=104', 'http://hl7.org/fhir/sid/cvx|104'],
      's_vaccine-code:text': `twinrix hepahepb${US}Twinrix (HepA/HepB)`,
    });
  });

  it.each<[string, TestResource, string, unknown]>([
    [
      'a birth date has no zone to compare',
      { resourceType: 'Patient', birthDate: '1974-12-25' },
      's_birthdate',
      day('1974-12-25'),
    ],
    [
      'a time with a zone keeps the wall clock beside it',
      { resourceType: 'Immunization', occurrenceDateTime: '2024-10-12T20:30:00-05:00' },
      's_date',
      {
        lo: new Date('2024-10-13T01:30:00.000Z'),
        hi: new Date('2024-10-13T01:30:00.999Z'),
        l: new Date('2024-10-12T20:30:00.000Z'),
        h: new Date('2024-10-12T20:30:00.999Z'),
        z: true,
      },
    ],
    [
      'a date of a repeating element is always in a list',
      { resourceType: 'Immunization', reaction: [{ date: '2024-03-01' }] },
      's_reaction-date',
      [{ ...day('2024-03-01'), ...local(day('2024-03-01')) }],
    ],
    [
      'a system with separators in it is escaped',
      { resourceType: 'Patient', identifier: [{ system: '=a|b\\', value: 'C|d' }] },
      's_identifier',
      ['=c|d', '\\=a\\|b\\\\|c|d'],
    ],
    ['no system is empty', { resourceType: 'Patient', identifier: [{ value: 'x' }] }, 's_identifier', ['=x', '|x']],
    [
      'a system alone is kept',
      { resourceType: 'Patient', identifier: [{ system: 'http://a' }] },
      's_identifier',
      'http://a|',
    ],
    [
      'a type of identifier has a field of its own',
      { resourceType: 'Patient', identifier: [{ value: 'X', type: { coding: [{ system: 'http://t', code: 'MR' }] } }] },
      's_identifier:of-type',
      'http://t|mr|x',
    ],
    [
      'a reference by identifier has a field of its own',
      { resourceType: 'Immunization', patient: { identifier: { system: 'http://mrn', value: '1' } } },
      's_patient:identifier',
      ['=1', 'http://mrn|1'],
    ],
    [
      'an element without a value leaves an empty field',
      { resourceType: 'Immunization', patient: { display: 'Eve' } },
      's_patient',
      [],
    ],
    [
      'the same value is kept once',
      { resourceType: 'Patient', name: [{ given: ['Eve', 'Eve'] }] },
      's_given',
      `eve${US}Eve`,
    ],
    [
      'a later part of a family name is no exact value',
      { resourceType: 'Patient', name: [{ family: 'de Vries' }] },
      's_family',
      [`de vries${US}de Vries`, `vries${US}`],
    ],
    [
      'a quantity has its value and its unit',
      { resourceType: 'Observation', valueQuantity: { value: 5, unit: 'milligram', system: 'http://u', code: 'Mg' } },
      's_value-quantity',
      { lo: 5, hi: 5, u: ['http://u|Mg', '=Mg', '=milligram'] },
    ],
    [
      'a composite keeps what belongs together',
      { resourceType: 'Observation', code: { coding: [{ code: 'A' }] }, valueQuantity: { value: 5 } },
      's_code-value-quantity',
      { c0: ['=a', '|a'], c1: [{ lo: 5, hi: 5, u: [] }] },
    ],
  ])('%s', (_, resource, name, value) => {
    expect(fieldsOf(resource)[name]).toEqual(value);
  });

  it('leave out what the document has anyway', () => {
    const resource = { resourceType: 'Immunization', id: '1', meta: { lastUpdated: '2024-01-01T00:00:00Z' } };
    expect(fieldsOf(resource)).toEqual({});
  });

  it('have names and keys that take any content', () => {
    const patient = { resourceType: 'Patient', name: [{ family: '__proto__', given: ['constructor', '$gt'] }] };
    expect(fieldsOf(patient)).toMatchObject({
      s_family: `proto${US}__proto__`,
      s_given: [`constructor${US}constructor`, `$gt${US}$gt`],
    });
  });
});
