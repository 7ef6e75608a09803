import { describe, expect, it } from 'vitest';
import { indexesOf } from '../../../../src/definitions/indexes.ts';
import { orderHint } from '../../../../src/storage/search/order-hint.ts';

const newestFirst = { 's_date.lo': -1, _id: 1 } as const;
const doses = (filter: object) => orderHint({ del: { $ne: true }, ...filter }, newestFirst, indexesOf('Immunization'));

describe('the index that a page is read by', () => {
  it.each([
    ['nothing', {}],
    ['a field without an index', { s_status: '=completed' }],
    ['the order itself', { 's_date.lo': { $gte: new Date(0) }, $or: [{ 's_date.h': 1 }, { 's_date.l': 1 }] }],
  ])('is the one of the order when the search is by %s', (_what, filter) => {
    expect(doses(filter)).toEqual(newestFirst);
  });

  it.each([
    ['a field with an index', { s_patient: 'Patient/a' }],
    ['one with and one without', { s_status: '=completed', s_identifier: '=1' }],
    ['alternatives with an index', { $or: [{ s_identifier: '=1' }, { s_identifier: { $regex: '^a' } }] }],
    ['an id', { _id: 'a' }],
    ['its last update', { lu: { $gte: new Date(0) } }],
  ])('is left to the planner when the search is by %s', (_what, filter) => {
    expect(doses(filter)).toBeUndefined();
  });

  it('is the one of ids where the type has no order of its own', () => {
    expect(orderHint({ s_gender: '=female' }, { _id: 1 }, indexesOf('Patient'))).toEqual({ _id: 1 });
    expect(orderHint({ s_family: { $regex: '^a' } }, { _id: 1 }, indexesOf('Patient'))).toBeUndefined();
  });
});
