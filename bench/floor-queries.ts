/** The searches of the shapes as one would write them by hand for the driver: what storage makes of them, without it. */
import type { Document, Filter, Sort } from 'mongodb';
import { VERSION_PROJECTION } from '../src/storage/resource-document.ts';

export interface FloorQuery {
  readonly resourceType: string;
  readonly filter: Filter<Document>;
  readonly sort: Sort;
  readonly projection: Document;
  /** The index to read by, where it isn't left to the planner. */
  readonly hint?: Document;
  /** Resources on the page; one more is asked for, to know whether there are more. */
  readonly count: number;
}

/** Resources on a page where the search doesn't say. */
const USUAL_COUNT = 50;

const DAY = 86_400_000;
const HOUR = 3_600_000;
/** As storage bounds the instant of a date without a zone: a zone and, where only the start is known, a year away. */
const ZONE = 14 * HOUR;
const YEAR = 366 * DAY;

const startOf = (day: string): number => Date.parse(`${day}T00:00:00.000Z`);
const at = (time: number): Date => new Date(time);
const endOf = (day: string): Date => at(startOf(day) + DAY - 1);

/** Not a tombstone. */
const ALIVE = { del: { $ne: true } } as const;
const NEWEST_FIRST = { 's_date.lo': -1, _id: 1 } as const;
const doses = (filter: Filter<Document>, count: number): FloorQuery => ({
  resourceType: 'Immunization',
  filter: { ...filter, ...ALIVE },
  sort: NEWEST_FIRST,
  projection: { ...VERSION_PROJECTION, 's_date.lo': 1 },
  count,
});
const people = (filter: Filter<Document>): FloorQuery => ({
  resourceType: 'Patient',
  filter: { ...filter, ...ALIVE },
  sort: { _id: 1 },
  projection: VERSION_PROJECTION,
  count: USUAL_COUNT,
});

function byCodeAndDate(code: string, [from, to]: readonly [string, string], count: number): FloorQuery {
  const [start, end] = [startOf(from), startOf(to)];
  const filter = {
    's_vaccine-code': code,
    $or: [{ 's_date.h': { $gt: endOf(from) } }, { 's_date.l': { $gte: at(start) } }],
    's_date.lo': {
      $gte: at(Math.min(start, start + DAY - 1 - YEAR) - ZONE),
      $lte: at(end + DAY - 1 + ZONE),
    },
    $and: [{ $or: [{ 's_date.l': { $lt: at(end) } }, { 's_date.h': { $lte: endOf(to) } }] }],
  };
  return doses(filter, count);
}

function before(day: string, count: number): FloorQuery {
  const start = startOf(day);
  const filter = { 's_date.l': { $lt: at(start) }, 's_date.lo': { $lte: at(start + DAY - 1 + ZONE) } };
  return { ...doses(filter, count), hint: NEWEST_FIRST };
}

function byPatientCodeAndDate(patient: string, code: string, from: string): FloorQuery {
  const start = startOf(from);
  const filter = {
    s_patient: patient,
    's_vaccine-code': code,
    $or: [{ 's_date.h': { $gt: endOf(from) } }, { 's_date.l': { $gte: at(start) } }],
    's_date.lo': { $gte: at(Math.min(start, start + DAY - 1 - YEAR) - ZONE) },
  };
  return doses(filter, USUAL_COUNT);
}

/** The index of birth dates, read backwards. */
function bornBefore(day: string, count: number): FloorQuery {
  const newest = { 's_birthdate.lo': -1, _id: -1 } as const;
  const filter = { 's_birthdate.lo': { $lt: at(startOf(day)) } };
  return {
    ...people(filter),
    sort: newest,
    hint: { 's_birthdate.lo': 1, _id: 1 },
    projection: { ...VERSION_PROJECTION, 's_birthdate.lo': 1 },
    count,
  };
}

function byDemographics(family: string, birthDate: string): FloorQuery {
  return people({
    s_family: { $regex: `^${family.toLowerCase()}` },
    's_birthdate.lo': { $gte: at(startOf(birthDate)), $lte: endOf(birthDate) },
    's_birthdate.hi': { $lte: endOf(birthDate) },
  });
}

/** @param search the query of the URL, without its `?`. @throws Error for a search that is none of the shapes. */
export function floorQuery(search: string): FloorQuery {
  const params = new URLSearchParams(search);
  const value = (name: string): string => params.get(name) ?? '';
  const count = Number(params.get('_count') ?? USUAL_COUNT);
  const [from = '', to = ''] = params.getAll('date').map((date) => date.slice(2));
  if (params.has('patient') && params.has('date')) {
    return byPatientCodeAndDate(value('patient'), value('vaccine-code'), from);
  }
  if (params.has('_sort')) return bornBefore(value('birthdate').slice(2), count);
  if (params.has('patient')) return doses({ s_patient: value('patient') }, count);
  if (params.has('identifier')) return people({ s_identifier: value('identifier').toLowerCase() });
  if (params.has('family')) return byDemographics(value('family'), value('birthdate'));
  if (params.has('vaccine-code')) return byCodeAndDate(value('vaccine-code'), [from, to], count);
  if (params.has('date')) return before(from, count);
  throw new Error(`the floor does not know this search: ${search}`);
}
