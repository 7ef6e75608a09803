import { describe, expect, it } from 'vitest';
import { criteriaFilter } from '../../../../src/storage/search/filter.ts';
import { NOW, queryOf } from '../../search/search.ts';

const filterOf = (resourceType: string, params: Readonly<Record<string, string | readonly string[]>>) =>
  criteriaFilter(queryOf(resourceType, params).criteria, NOW);
const at = (text: string) => new Date(text);

describe('the MongoDB filter of a query', () => {
  it.each<[string, Record<string, string | string[]>, unknown]>([
    ['Patient', {}, {}],
    ['Patient', { _id: 'a' }, { _id: 'a' }],
    ['Patient', { _id: 'a,b' }, { _id: { $in: ['a', 'b'] } }],
    ['Patient', { '_id:not': 'a' }, { _id: { $ne: 'a' } }],
    ['Patient', { identifier: 'http://a|B' }, { s_identifier: 'http://a|b' }],
    ['Patient', { identifier: 'x,|y' }, { s_identifier: { $in: ['=x', '|y'] } }],
    ['Patient', { identifier: 'http://a|' }, { s_identifier: { $regex: '^http:\\/\\/a\\|' } }],
    ['Patient', { 'identifier:of-type': 'http://t|MR|1' }, { 's_identifier:of-type': 'http://t|mr|1' }],
    ['Patient', { 'gender:not': 'male' }, { s_gender: { $ne: '=male' } }],
    ['Patient', { 'gender:not': 'male,other' }, { s_gender: { $nin: ['=male', '=other'] } }],
    ['Patient', { 'identifier:not': 'http://a|' }, { s_identifier: { $not: { $regex: '^http:\\/\\/a\\|' } } }],
    ['Patient', { 'gender:missing': 'true' }, { s_gender: { $exists: false } }],
    ['Patient', { '_lastUpdated:missing': 'false' }, { lu: { $exists: true } }],
    ['Patient', { family: "O'B.*" }, { s_family: { $regex: '^ob' } }],
    ['Patient', { family: 'a+b' }, { s_family: { $regex: '^a\\+b' } }],
    ['Patient', { 'family:exact': 'Eve' }, { s_family: 'eve\u001fEve' }],
    ['Patient', { 'family:contains': 'v$' }, { s_family: { $regex: '^[^\u001f]*v\\$' } }],
    ['Patient', { family: 'a,b' }, { $or: [{ s_family: { $regex: '^a' } }, { s_family: { $regex: '^b' } }] }],
    ['Patient', { family: ['a', 'b'] }, { s_family: { $regex: '^a' }, $and: [{ s_family: { $regex: '^b' } }] }],
    ['Immunization', { patient: '1' }, { s_patient: 'Patient/1' }],
    ['Immunization', { patient: '1', status: 'completed' }, { s_patient: 'Patient/1', s_status: '=completed' }],
    ['Immunization', { 'patient:identifier': 'x' }, { 's_patient:identifier': '=x' }],
    ['Immunization', { 'vaccine-code:text': 'Flu' }, { 's_vaccine-code:text': { $regex: '^flu' } }],
    ['Measure', { 'url:below': 'http://a.b/' }, { s_url: { $regex: '^http:\\/\\/a\\.b\\/' } }],
    ['Measure', { 'url:above': 'http://a/b' }, { s_url: { $in: ['http://a/b', 'http://a/', 'http://a'] } }],
  ])('of %s?%j has nothing that is not needed', (resourceType, params, expected) => {
    expect(filterOf(resourceType, params)).toEqual(expected);
  });
});

describe('the filter of a date', () => {
  it('compares the calendar alone where no zone can be stored', () => {
    expect(filterOf('Patient', { birthdate: '2024-02' })).toEqual({
      's_birthdate.lo': { $gte: at('2024-02-01T00:00:00.000Z'), $lte: at('2024-02-29T23:59:59.999Z') },
      's_birthdate.hi': { $lte: at('2024-02-29T23:59:59.999Z') },
    });
  });

  it('compares the wall clock, and lets the index on instants stop a zone beyond it', () => {
    expect(filterOf('Immunization', { date: '2024-02-29' })).toEqual({
      's_date.l': { $gte: at('2024-02-29T00:00:00.000Z'), $lte: at('2024-02-29T23:59:59.999Z') },
      's_date.h': { $lte: at('2024-02-29T23:59:59.999Z') },
      's_date.lo': { $gte: at('2024-02-28T10:00:00.000Z'), $lte: at('2024-03-01T13:59:59.999Z') },
    });
  });

  it('has a lower bound for an open search, as no single date is wider than a year', () => {
    expect(filterOf('Patient', { birthdate: 'gt2024-02-29' })).toEqual({
      's_birthdate.hi': { $gt: at('2024-02-29T23:59:59.999Z') },
      's_birthdate.lo': { $gte: at('2023-02-28T23:59:59.999Z') },
    });
  });

  it('puts both ends of a range into one condition', () => {
    const filter = filterOf('Immunization', { patient: '1', date: ['ge2024-01-01', 'lt2025-01-01'] });
    expect(filter).toEqual({
      s_patient: 'Patient/1',
      $or: [
        { 's_date.h': { $gt: at('2024-01-01T23:59:59.999Z') } },
        { 's_date.l': { $gte: at('2024-01-01T00:00:00.000Z') } },
      ],
      's_date.l': { $lt: at('2025-01-01T00:00:00.000Z') },
      's_date.lo': { $gte: at('2022-12-31T09:59:59.999Z'), $lte: at('2025-01-02T13:59:59.999Z') },
    });
  });

  it('has no bound on what may be wider, such as a Period', () => {
    expect(filterOf('Consent', { period: 'gt2024' })).toEqual({
      's_period.h': { $gt: at('2024-12-31T23:59:59.999Z') },
    });
  });

  it('looks at one and the same of several dates', () => {
    expect(filterOf('Immunization', { 'reaction-date': 'sa2024' })).toEqual({
      's_reaction-date': {
        $elemMatch: { l: { $gt: at('2024-12-31T23:59:59.999Z') }, lo: { $gte: at('2023-12-31T09:59:59.999Z') } },
      },
    });
  });

  it('compares instants where the search names Greenwich', () => {
    expect(filterOf('Immunization', { date: 'lt2024-02-29T10:00:00Z' })).toEqual({
      's_date.lo': { $lt: at('2024-02-29T10:00:00.000Z') },
    });
  });

  it('compares instants or the calendar, as stored, where the search names another zone', () => {
    expect(filterOf('Immunization', { date: 'lt2024-02-29T10:00:00-05:00' })).toEqual({
      $or: [
        { 's_date.z': true, 's_date.lo': { $lt: at('2024-02-29T15:00:00.000Z') } },
        { 's_date.z': { $exists: false }, 's_date.lo': { $lt: at('2024-02-29T10:00:00.000Z') } },
      ],
    });
  });

  it.each([
    ['eq', { $gte: at('2024-02-29T00:00:00.000Z'), $lte: at('2024-02-29T23:59:59.999Z') }],
    ['ap', { $gte: at('2024-02-19T19:12:00.000Z'), $lte: at('2024-03-10T04:47:59.999Z') }],
    ['gt', { $gt: at('2024-02-29T23:59:59.999Z') }],
    ['sa', { $gt: at('2024-02-29T23:59:59.999Z') }],
    ['ge', { $gte: at('2024-02-29T00:00:00.000Z') }],
    ['lt', { $lt: at('2024-02-29T00:00:00.000Z') }],
    ['eb', { $lt: at('2024-02-29T00:00:00.000Z') }],
    ['le', { $lte: at('2024-02-29T23:59:59.999Z') }],
  ])('of the last update is on its own instant: %s', (prefix, condition) => {
    expect(filterOf('Immunization', { _lastUpdated: `${prefix}2024-02-29` })).toEqual({ lu: condition });
  });
});

describe('the filter of numbers and composites', () => {
  it('has the implied range and the unit on one stored quantity', () => {
    expect(filterOf('Observation', { 'value-quantity': '5.4|http://u|mg' })).toEqual({
      's_value-quantity.lo': { $gte: 5.35, $lt: 5.45 },
      's_value-quantity.hi': { $lt: 5.45 },
      's_value-quantity.u': 'http://u|mg',
    });
  });

  it('looks at one and the same of several composites, and at one value of each component', () => {
    expect(filterOf('Observation', { 'component-code-value-quantity': 'a$lt5' })).toEqual({
      's_component-code-value-quantity': { $elemMatch: { c0: '=a', c1: { $elemMatch: { lo: { $lt: 5 } } } } },
    });
  });
});
