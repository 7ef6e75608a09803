/** Synthetic people as the documents that the server would have stored, written in bulk. */
import type { Definitions } from '../src/definitions/load.ts';
import { toContent } from '../src/fhir/resource-content.ts';
import { prepareCollections } from '../src/storage/collections.ts';
import type { Database, ResourceDocument } from '../src/storage/database.ts';
import { toDocument } from '../src/storage/resource-document.ts';
import {
  DOSES,
  immunization,
  immunizationArrivedAt,
  immunizationId,
  patient,
  patientArrivedAt,
  patientId,
} from './population.ts';

const BASE_URL = 'http://localhost/fhir';

/** People whose documents are written at once. */
const BATCH = 100;
/** How long an engine may take to count what it has after the indexes are built; plans depend on it. Milliseconds. */
const SETTLE_MS = 4000;

interface Arrival {
  readonly id: string;
  readonly at: Date;
}

/** The document of a new resource. */
export function storedDocument(
  definitions: Definitions,
  resource: { readonly resourceType: string },
  { id, at }: Arrival,
): ResourceDocument {
  const content = toContent(JSON.stringify(resource), resource);
  const { resourceType } = resource;
  const version = { resourceType, id, versionId: '1', lastUpdated: at, method: 'POST' } as const;
  return toDocument({ definitions, baseUrl: BASE_URL }, content, version);
}

/** Fills an empty database and builds its indexes, in that order because it is the faster one. */
export async function fill(database: Database, definitions: Definitions, people: number): Promise<void> {
  for (let first = 0; first < people; first += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, people - first) }, (_, index) => first + index);
    await Promise.all([
      database.current('Patient').insertMany(batch.map((person) => storedPatient(definitions, person))),
      database.current('Immunization').insertMany(batch.flatMap((person) => storedDoses(definitions, person))),
    ]);
  }
  await prepareCollections(database, definitions);
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
}

const storedPatient = (definitions: Definitions, person: number): ResourceDocument =>
  storedDocument(definitions, patient(person), { id: patientId(person), at: patientArrivedAt(person) });

function storedDoses(definitions: Definitions, person: number): ResourceDocument[] {
  const subject = `Patient/${patientId(person)}`;
  return Array.from({ length: DOSES }, (_, dose) => {
    const arrival = { id: immunizationId(person, dose), at: immunizationArrivedAt(person, dose) };
    return storedDocument(definitions, immunization(person, dose, subject), arrival);
  });
}

/** Whether a database was filled before. */
export const isFilled = async ({ db }: Database): Promise<boolean> =>
  (await db.collection('jenner_schema').findOne()) !== null;
