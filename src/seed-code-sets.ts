/** Puts the code sets of this edition into the database as ordinary resources, once per edition (docs/terminology.md). */
import { createHash } from 'node:crypto';
import { OPEN_ACCESS } from './auth/access-context.ts';
import type { Jenner } from './compose.ts';
import type { BuiltInCodeSet } from './definitions/code-sets.ts';
import { parseResource } from './fhir/resource-content.ts';
import type { ResourceDocument } from './storage/database.ts';
import { type SeedRecord, seedRecords } from './storage/terminology-resources.ts';
import { type TerminologyType, terminologyTypes } from './terminology/terminology.ts';

/** What is stored under the id of a code set of ours. */
interface Stored {
  readonly version: number;
  readonly date: string | undefined;
  readonly isDeleted: boolean;
}

type Seeded = Record<string, SeedRecord['seeded'][string]>;

/**
 * What somebody imported, changed or deleted stays, unless this edition has a later date. Costs one read where the
 * edition is in the database already. @returns how many were written
 */
export async function seedCodeSets(jenner: Jenner, baseUrl: string): Promise<number> {
  const { codeSets, database, terminology } = jenner;
  const edition = editionOf(codeSets);
  const record = await seedRecords(database).findOne({ _id: 'code-sets' });
  if (record?.edition === edition) return 0;
  const seeded: Seeded = { ...record?.seeded };
  const stored = await findStored(jenner);
  const pending = codeSets.filter((codeSet) => isWanted(codeSet, stored.get(keyOf(codeSet)), seeded[keyOf(codeSet)]));
  const isNew = (codeSet: BuiltInCodeSet) => !stored.has(keyOf(codeSet));
  await insertNew(jenner, pending.filter(isNew));
  for (const codeSet of pending) {
    const version = isNew(codeSet) ? 1 : await update(jenner, codeSet, baseUrl);
    seeded[keyOf(codeSet)] = { fingerprint: codeSet.fingerprint, version };
  }
  await seedRecords(database).replaceOne({ _id: 'code-sets' }, { edition, seeded }, { upsert: true });
  await terminology.refresh();
  return pending.length;
}

const keyOf = ({ resourceType, id }: BuiltInCodeSet): string => `${resourceType}/${id}`;

function editionOf(codeSets: readonly BuiltInCodeSet[]): string {
  const fingerprints = codeSets.map((codeSet) => `${keyOf(codeSet)} ${codeSet.fingerprint}`);
  return createHash('sha256').update(fingerprints.join('\n')).digest('hex');
}

function isWanted(codeSet: BuiltInCodeSet, stored: Stored | undefined, seed: Seeded[string] | undefined): boolean {
  if (!stored) return true;
  if (stored.isDeleted || seed?.fingerprint === codeSet.fingerprint) return false;
  return stored.version === seed?.version || (codeSet.date ?? '') > (stored.date ?? '');
}

async function findStored({ database }: Jenner): Promise<ReadonlyMap<string, Stored>> {
  const found = await Promise.all(terminologyTypes.map((type) => storedOf(database.current(type).find({}), type)));
  return new Map(found.flat());
}

async function storedOf(
  documents: AsyncIterable<ResourceDocument>,
  resourceType: TerminologyType,
): Promise<readonly (readonly [string, Stored])[]> {
  const found: (readonly [string, Stored])[] = [];
  for await (const { _id, v, del, body } of documents) {
    const { date } = JSON.parse(body ?? '{}') as { readonly date?: string };
    found.push([`${resourceType}/${_id}`, { version: v, date, isDeleted: del === true }]);
  }
  return found;
}

async function insertNew(jenner: Jenner, codeSets: readonly BuiltInCodeSet[]): Promise<void> {
  for (const type of terminologyTypes) {
    const ofType = codeSets.filter(({ resourceType }) => resourceType === type);
    if (ofType.length > 0)
      await jenner.insertResources(
        type,
        ofType.map((codeSet) => parseResource(codeSet.text())),
      );
  }
}

async function update({ perform }: Jenner, codeSet: BuiltInCodeSet, baseUrl: string): Promise<number> {
  const { resourceType, id } = codeSet;
  const resource = parseResource(codeSet.text());
  const { stored } = await perform({ code: 'update', resourceType, id, resource }, { access: OPEN_ACCESS, baseUrl });
  return Number(stored?.versionId);
}
