/** Searches through references as one would write them by hand for the driver: one indexed query after the other. */
import type { Filter } from 'mongodb';
import type { Database, ResourceDocument } from '../src/storage/database.ts';
import { VERSION_PROJECTION } from '../src/storage/resource-document.ts';

export interface FloorRow {
  readonly resourceType: string;
  readonly document: ResourceDocument;
  readonly mode: 'match' | 'include';
}

type Join = (database: Database, value: string) => Promise<readonly FloorRow[]>;

const ALIVE = { del: { $ne: true } } as const;
/** Resources on the page; one more is asked for, to know whether there are more. */
const COUNT = 50;

interface Asked {
  readonly resourceType: string;
  readonly filter: Readonly<Record<string, unknown>>;
  readonly fields?: readonly string[];
}

const find = (database: Database, { resourceType, filter, fields = [] }: Asked) =>
  database.current(resourceType).find({ ...filter, ...ALIVE } as Filter<ResourceDocument>, {
    projection: { ...VERSION_PROJECTION, ...Object.fromEntries(fields.map((field) => [field, 1])) },
  });

const page = async (cursor: ReturnType<typeof find>): Promise<ResourceDocument[]> =>
  (await cursor.limit(COUNT + 1).toArray()).slice(0, COUNT);

const idsOf = async (database: Database, asked: Asked, field = '_id'): Promise<readonly string[]> => {
  const found = await database
    .current(asked.resourceType)
    .find({ ...asked.filter, ...ALIVE } as Filter<ResourceDocument>, { projection: { [field]: 1 } })
    .toArray();
  return found.map((document) => document[field as '_id']);
};

const rows = (resourceType: string, documents: readonly ResourceDocument[], mode: FloorRow['mode']): FloorRow[] =>
  documents.map((document) => ({ resourceType, document, mode }));

const chained: Join = async (database, identifier) => {
  const ids = await idsOf(database, { resourceType: 'Patient', filter: { s_identifier: identifier } });
  const filter = { s_patient: { $in: ids.map((id) => `Patient/${id}`) } };
  const doses = find(database, { resourceType: 'Immunization', filter, fields: ['s_date.lo'] });
  return rows('Immunization', await page(doses.sort({ 's_date.lo': -1, _id: 1 })), 'match');
};

const has: Join = async (database, identifier) => {
  const asked = { resourceType: 'Immunization', filter: { s_identifier: identifier } };
  const references = await idsOf(database, asked, 's_patient');
  const filter = { _id: { $in: references.map((reference) => reference.slice('Patient/'.length)) } };
  return rows('Patient', await page(find(database, { resourceType: 'Patient', filter }).sort({ _id: 1 })), 'match');
};

const includes: Join = async (database, identifier) => {
  const asked = {
    resourceType: 'Immunization',
    filter: { s_identifier: identifier },
    fields: ['s_patient', 's_date.lo'],
  };
  const matches = await page(find(database, asked).sort({ 's_date.lo': -1, _id: 1 }));
  const references = matches.map(({ s_patient }) => String(s_patient));
  const ofPeople = { _id: { $in: references.map((reference) => reference.slice('Patient/'.length)) } };
  const people = await find(database, { resourceType: 'Patient', filter: ofPeople }).toArray();
  const ofDoses = { s_patient: { $in: people.map(({ _id }) => `Patient/${_id}`) } };
  const doses = await find(database, { resourceType: 'Immunization', filter: ofDoses }).toArray();
  const known = new Set(matches.map(({ _id }) => _id));
  return [
    ...rows('Immunization', matches, 'match'),
    ...rows('Patient', people, 'include'),
    ...rows(
      'Immunization',
      doses.filter(({ _id }) => !known.has(_id)),
      'include',
    ),
  ];
};

const JOINS: Readonly<Record<string, Join>> = {
  'patient.identifier': chained,
  '_has:Immunization:patient:identifier': has,
};

/** What a search through references finds; undefined for a search of another kind. @param search without its `?` */
export function joinByHand(database: Database, search: string): Promise<readonly FloorRow[]> | undefined {
  const params = new URLSearchParams(search);
  const [[name = '', value = ''] = []] = [...params];
  const join = params.has('_include') ? includes : JOINS[name];
  return join?.(database, value.toLowerCase());
}
