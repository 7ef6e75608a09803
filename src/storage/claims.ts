/**
 * Conditional creates without a race (FHIR R4, http.html#ccreate): two units that could match the same resource count
 * up the same claim, so the database makes one of them wait or retry. Snapshot isolation alone would let both create.
 */
import { createHash } from 'node:crypto';
import type { ClientSession } from 'mongodb';
import { conflict } from '../fhir/error.ts';
import type { Expectation } from '../fhir/expectation.ts';
import { isObject, type JsonObject } from '../fhir/resource-content.ts';
import { matchingIds } from './search/type-search.ts';
import type { Store } from './versions.ts';

interface Claim {
  readonly _id: string;
  readonly n: number;
  readonly at: Date;
}

/** @throws FhirError 409 where the criteria match something else by now; the caller starts again. */
export async function verifyExpectations(
  unit: Store,
  expectations: readonly Expectation[],
  session: ClientSession,
): Promise<void> {
  await takeClaims(unit, expectations.flatMap(claimKeys), session);
  for (const { resourceType, params, match } of expectations) {
    const [found, another] = await matchingIds(unit, { resourceType, params, session });
    if (found !== match || another !== undefined) throw conflict('The matches of a condition changed; try again.');
  }
}

async function takeClaims(unit: Store, keys: readonly string[], session: ClientSession): Promise<void> {
  const claims = unit.database.db.collection<Claim>('jenner_claims');
  const change = { $inc: { n: 1 }, $set: { at: new Date() } };
  // Sorted, so that two units never wait for each other in a circle.
  for (const _id of [...new Set(keys)].sort()) await claims.updateOne({ _id }, change, { upsert: true, session });
}

/** What stands for everything that the criteria or the identifiers of the resource could match. */
export function claimKeys({ resourceType, params, json }: Expectation): string[] {
  const criteria = Object.entries(params).flatMap(([name, values]) =>
    [values].flat().map((value) => `${name}=${value.toLowerCase()}`),
  );
  const identifiers = json ? identifierTokens(json).map((token) => `identifier=${token.toLowerCase()}`) : [];
  return [...criteria, ...identifiers].map((key) =>
    createHash('sha256').update(`${resourceType}?${key}`).digest('hex'),
  );
}

function identifierTokens(json: JsonObject): string[] {
  const identifiers = [json['identifier']].flat().filter(isObject);
  return identifiers.map(({ system, value }) => (system === undefined ? `${value}` : `${system}|${value}`));
}
