/**
 * Creates and transactions with the driver by hand. What is written was prepared from the same bodies that the server
 * gets, so that the database keeps the same indexes up to date; the floor only gives each a new id.
 */
import { v7 as uuid } from 'uuid';
import type { Definitions } from '../src/definitions/load.ts';
import type { ResourceDocument } from '../src/storage/database.ts';
import type { FloorAnswer, FloorStore } from './floor-reads.ts';
import { createdHousehold, createdHouseholds, createdImmunization } from './shapes.ts';
import { storedDocument } from './stored-population.ts';

interface PreparedHousehold {
  readonly patient: ResourceDocument;
  readonly doses: readonly ResourceDocument[];
}

export interface PreparedWrites {
  nextDose(): ResourceDocument;
  nextHousehold(): PreparedHousehold;
  /** Of a larger transaction. */
  nextHouseholds(): readonly PreparedHousehold[];
}

/** How many different ones take turns. */
const DOSES = 400;
const HOUSEHOLDS = 60;
const LARGER = 10;

export function preparedWrites(definitions: Definitions): PreparedWrites {
  const prepare = (resource: { readonly resourceType: string }) =>
    storedDocument(definitions, resource, { id: uuid(), at: new Date() });
  const doses = Array.from({ length: DOSES }, (_, number) => prepare(createdImmunization(number)));
  const prepareAll = ({ patient, doses }: ReturnType<typeof createdHousehold>): PreparedHousehold => ({
    patient: prepare(patient),
    doses: doses.map(prepare),
  });
  const households = Array.from({ length: HOUSEHOLDS }, (_, number) => prepareAll(createdHousehold(number)));
  const larger = Array.from({ length: LARGER }, (_, number) => createdHouseholds(number).map(prepareAll));
  return {
    nextDose: takingTurns(doses),
    nextHousehold: takingTurns(households),
    nextHouseholds: takingTurns(larger),
  };
}

function takingTurns<Item>(items: readonly Item[]): () => Item {
  let turn = 0;
  return () => items[turn++ % items.length] as Item;
}

export async function createByHand({ database }: FloorStore, writes: PreparedWrites): Promise<FloorAnswer> {
  const document = { ...writes.nextDose(), _id: uuid(), lu: new Date() };
  await database.current('Immunization').insertOne(document);
  return { status: 201, text: document.body ?? '' };
}

export async function transactByHand(
  { database }: FloorStore,
  households: readonly PreparedHousehold[],
): Promise<FloorAnswer> {
  const lu = new Date();
  const named = households.map((household) => nameHousehold(household, lu));
  await database.client.withSession((session) =>
    session.withTransaction(
      async () => {
        await database.current('Patient').insertMany(
          named.map(({ patient }) => patient),
          { session },
        );
        await database.current('Immunization').insertMany(
          named.flatMap(({ doses }) => doses),
          { session },
        );
      },
      { readConcern: { level: 'snapshot' }, writeConcern: { w: 'majority' } },
    ),
  );
  const entries = named.flatMap(({ patient, doses }) => [
    answerEntry(`Patient/${patient._id}`, lu),
    ...doses.map(({ _id }) => answerEntry(`Immunization/${_id}`, lu)),
  ]);
  return {
    status: 200,
    text: `{"resourceType":"Bundle","type":"transaction-response","entry":[${entries.join(',')}]}`,
  };
}

function nameHousehold(household: PreparedHousehold, lu: Date): PreparedHousehold {
  const patient = { ...household.patient, _id: uuid(), lu };
  const reference = `Patient/${patient._id}`;
  const doses = household.doses.map((dose) => ({ ...dose, _id: uuid(), lu, s_patient: reference, c: [reference] }));
  return { patient, doses };
}

const answerEntry = (location: string, lu: Date): string =>
  `{"response":{"status":"201 Created","location":"${location}/_history/1","etag":"W/\\"1\\"","lastModified":"${lu.toISOString()}"}}`;
