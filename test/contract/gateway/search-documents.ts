/** Random documents with search fields as the server stores them, and random queries over them. */
import { createHash } from 'node:crypto';
import type { Filter, IndexDescription, Sort } from 'mongodb';
import type { Random } from './random.ts';

export interface SearchDocument {
  readonly _id: string;
  readonly s_patient: string;
  readonly s_code: readonly string[];
  readonly s_date: { readonly lo: Date; readonly hi: Date };
  readonly s_status: string;
  readonly s_performer?: readonly string[];
  readonly s_lot?: string;
  readonly s_periods: readonly { readonly lo: Date; readonly hi: Date }[];
  readonly s_quantity: number | null;
  readonly s_name: readonly string[];
  readonly lu: Date;
}

const DAY_MS = 86_400_000;
const PATIENTS = 60;
const CODES = ['03', '08', '10', '20', '21', '88', '115', '133', '140', '141', '207', '208'] as const;
const STATUSES = ['completed', 'completed', 'completed', 'not-done', 'entered-in-error'] as const;

/** Ids in an order that has nothing to do with that of insertion. */
export function idOf(number: number): string {
  return createHash('md5').update(String(number)).digest('hex');
}

function day(random: Random): Date {
  return new Date(Date.UTC(2016, 0, 1) + random.below(3650) * DAY_MS);
}

function later(date: Date, days: number): Date {
  return new Date(date.getTime() + days * DAY_MS);
}

function interval(random: Random): { lo: Date; hi: Date } {
  const lo = day(random);
  return { lo, hi: later(lo, random.below(100)) };
}

function several<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make);
}

const patient = (random: Random): string => `Patient/${random.below(PATIENTS)}`;
const performer = (random: Random): string => `Practitioner/${random.below(40)}`;
const updatedAt = (random: Random): Date => new Date(Date.UTC(2025, 0, 1) + random.below(500) * 1000);

function code(random: Random): string {
  if (random.below(8) === 0) return `urn:local|${random.below(6)}`;
  return `${random.below(2) === 0 ? 'cvx|' : ''}${random.pick(CODES)}`;
}

export function randomDocument(random: Random, _id: string): SearchDocument {
  const vaccine = random.pick(CODES);
  return {
    _id,
    s_patient: patient(random),
    s_code: [`cvx|${vaccine}`, vaccine, ...(random.below(3) === 0 ? [`urn:local|${random.below(5)}`] : [])],
    s_date: interval(random),
    s_status: random.pick(STATUSES),
    ...(random.below(6) === 0 ? {} : { s_performer: several(random.below(3), () => performer(random)) }),
    ...(random.below(4) === 0 ? {} : { s_lot: `l${random.below(300)}` }),
    s_periods: several(random.below(4), () => interval(random)),
    s_quantity: random.below(3) === 0 ? null : random.below(100) / 4,
    s_name: several(random.below(3), () => `n${random.below(60)}${'x'.repeat(random.below(3))}`),
    lu: updatedAt(random),
  };
}

type Condition = Filter<SearchDocument>;

const CONDITIONS: readonly ((random: Random) => Condition)[] = [
  (r) => ({ s_code: code(r) }),
  (r) => ({ s_code: { $in: several(3, () => code(r)) } }),
  (r) => ({ s_code: { $all: several(2, () => code(r)) } }),
  (r) => ({ s_code: { $ne: code(r) } }),
  (r) => ({ s_code: { $nin: several(2, () => code(r)) } }),
  (r) => ({ s_performer: performer(r) }),
  (r) => ({ s_performer: { $in: several(2, () => performer(r)) } }),
  (r) => ({ s_performer: { $exists: r.below(2) === 0 } }),
  () => ({ s_performer: { $size: 0 } }),
  () => ({ s_performer: { $gte: 'Practitioner/2', $lt: 'Practitioner/3' } }),
  (r) => (r.below(2) === 0 ? { s_lot: { $exists: false } } : ({ s_lot: null } as unknown as Condition)),
  (r) => ({ s_lot: { $regex: `^l1${r.below(10)}` } }),
  (r) => ({ s_lot: { $regex: `^L1${r.below(10)}`, $options: 'i' } }),
  (r) => ({ s_patient: patient(r) }),
  (r) => ({ s_patient: { $in: several(5, () => patient(r)) } }),
  (r) => ({ 's_date.lo': { $gte: day(r) } }),
  (r) => {
    const from = day(r);
    return { 's_date.lo': { $gte: from, $lt: later(from, r.below(400)) } };
  },
  (r) => ({ s_status: r.pick(STATUSES) }),
  () => ({ s_status: { $ne: 'completed' } }),
  (r) => {
    const from = day(r);
    return { s_periods: { $elemMatch: { lo: { $lte: later(from, 30) }, hi: { $gte: from } } } };
  },
  (r) => ({ 's_periods.lo': { $gte: day(r) } }),
  (r) => ({ s_periods: { $not: { $elemMatch: { lo: { $gte: day(r) } } } } }),
  (r) => ({ s_quantity: { $gt: r.below(25) } }),
  (r) => ({ s_quantity: { $gte: r.below(20), $lte: 20 + r.below(5) } }),
  () => ({ s_quantity: null }),
  (r) => ({ s_name: { $regex: `^n${r.below(6)}` } }),
  (r) => ({ s_name: `n${r.below(60)}` }),
  (r) => ({ s_name: { $regex: `${r.below(60)}x` } }),
  (r) => ({ lu: updatedAt(r) }),
  (r) => {
    const at = updatedAt(r);
    return { lu: { $gte: at }, $or: [{ lu: { $gt: at } }, { _id: { $gt: idOf(r.below(2000)) } }] };
  },
  (r) => ({ _id: { $gt: idOf(r.below(2000)) } }),
  (r) => ({ _id: { $in: several(6, () => idOf(r.below(2100))) } }),
  (r) => ({ $or: [{ s_code: code(r) }, { s_performer: performer(r) }] }),
  (r) => ({ $nor: [{ s_code: code(r) }] }),
];

/** One to three of the conditions, ANDed. */
export function randomFilter(random: Random): Condition {
  const parts = several(1 + random.below(3), () => random.pick(CONDITIONS)(random));
  return parts.length === 1 ? (parts[0] as Condition) : { $and: parts };
}

/** Each ends in the id, so that it gives one order only. */
export const SORTS: readonly Sort[] = [
  { _id: 1 },
  { _id: -1 },
  { 's_date.lo': -1, _id: 1 },
  { 's_date.lo': 1, _id: 1 },
  { lu: 1, _id: 1 },
  { lu: -1, _id: -1 },
  { lu: -1, _id: 1 },
  { s_quantity: 1, _id: 1 },
  { s_quantity: -1, _id: -1 },
  { s_lot: 1, _id: 1 },
  { s_status: 1, lu: 1, _id: 1 },
  { s_code: 1, _id: 1 },
  { s_name: -1, _id: 1 },
  { s_performer: 1, _id: 1 },
  { s_patient: 1, 's_date.lo': -1, _id: 1 },
];

export const INDEXES: readonly IndexDescription[] = [
  { key: { s_patient: 1, 's_date.lo': -1, _id: 1 } },
  { key: { s_code: 1, 's_date.lo': -1, _id: 1 } },
  { key: { 's_date.lo': -1, _id: 1 } },
  { key: { lu: 1, _id: 1 } },
  { key: { s_status: 1, lu: 1, _id: 1 } },
  { key: { s_performer: 1, lu: -1, _id: 1 } },
  { key: { s_lot: 1 } },
  { key: { 's_periods.lo': 1, 's_periods.hi': 1 } },
  { key: { s_quantity: 1, _id: 1 } },
  { key: { s_name: 1, _id: 1 } },
];
