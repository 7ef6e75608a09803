/**
 * Conditional creates without a race (FHIR R4, http.html#ccreate): two units that could match the same resource count
 * up the same claim, so the database makes one of them wait or retry. Snapshot isolation alone would let both create.
 */
import { createHash } from 'node:crypto';
import type { ClientSession } from 'mongodb';
import { conflict } from '../fhir/error.ts';
import type { Expectation } from '../fhir/expectation.ts';
import { isObject, type JsonObject } from '../fhir/resource-content.ts';
import { splitEscaped } from '../search/escape.ts';
import { parseCriterion } from '../search/parse-criterion.ts';
import { isJoin } from '../search/parse-join.ts';
import type { SearchCriterion } from '../search/query.ts';
import { matchingIds } from './search/type-search.ts';
import { vocabularyOf } from './search/vocabulary.ts';
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
  await takeClaims(
    unit,
    expectations.flatMap((expectation) => claimKeys(unit, expectation)),
    session,
  );
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

/**
 * What stands for everything that the criteria or the identifiers of the resource could match. A chain also claims what
 * it asks of the types on its way, so that it takes turns with a unit that makes what it looks for.
 */
export function claimKeys(store: Store, { resourceType, params, json }: Expectation): string[] {
  const vocabulary = vocabularyOf(store, resourceType);
  const criteria = Object.entries(params)
    .flatMap(([name, values]) => [values].flat().map((value) => ({ name, value })))
    .flatMap((asked) => {
      const criterion = isJoin(asked.name) ? parseCriterion(resourceType, asked, vocabulary) : undefined;
      return claimsOf(placesOf(resourceType, asked.name, criterion), splitEscaped(asked.value, ','));
    });
  const identifiers = json ? claimsOf([`${resourceType}?identifier`], identifierTokens(json)) : [];
  return [...criteria, ...identifiers].map((key) => createHash('sha256').update(key).digest('hex'));
}

const claimsOf = (places: readonly string[], values: readonly string[]): readonly string[] =>
  places.flatMap((place) => values.map((value) => `${place}=${value.toLowerCase()}`));

/** `Immunization?patient.identifier`, `Patient?identifier` */
function placesOf(resourceType: string, name: string, criterion: SearchCriterion | undefined): readonly string[] {
  const own = `${resourceType}?${name}`;
  if (criterion?.kind === 'chain') {
    const rest = name.slice(name.indexOf('.') + 1);
    return [own, ...criterion.targets.flatMap((target) => placesOf(target.resourceType, rest, target.criterion))];
  }
  if (criterion?.kind === 'reverse-chain') {
    const rest = name.replace(/^_has:[^:]*:[^:]*:/, '');
    return [own, ...placesOf(criterion.parameter.resourceType, rest, criterion.criterion)];
  }
  return [own];
}

function identifierTokens(json: JsonObject): string[] {
  const identifiers = [json['identifier']].flat().filter(isObject);
  return identifiers.map(({ system, value }) => (system === undefined ? `${value}` : `${system}|${value}`));
}
