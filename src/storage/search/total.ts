/** How many matches there are (FHIR R4, search.html#total): counted within a time, or as far as an estimate needs. */
import type { Filter } from 'mongodb';
import { FhirError, type OutcomeIssue } from '../../fhir/error.ts';
import type { TotalPrecision } from '../../search/result-parameters.ts';
import type { ResourceDocument } from '../database.ts';
import { toFhirError } from '../database-errors.ts';
import type { Store } from '../versions.ts';
import type { Source } from './search-page.ts';

/** An estimate counts so many and no more. */
export const MOST_ESTIMATED = 1000;

/** Milliseconds that a page waits for its total. */
const TIME_LIMITS_MS = { estimate: 1000, accurate: 5000 } as const;

export interface Total {
  /** Undefined where it could not be told. */
  readonly count: number | undefined;
  readonly issue?: OutcomeIssue;
}

/** The total that goes with a page; where counting takes too long, the page comes without. */
export async function totalBeside(
  store: Store,
  sources: readonly Source[],
  precision: Exclude<TotalPrecision, 'none'>,
): Promise<Total> {
  const limit = precision === 'estimate' ? MOST_ESTIMATED + 1 : undefined;
  try {
    const count = await countAll(store, sources, { timeLimit: TIME_LIMITS_MS[precision], limit });
    if (limit === undefined || count < limit) return { count };
    return {
      count: MOST_ESTIMATED,
      issue: remark(`There are more matches than the ${MOST_ESTIMATED} of the estimate.`),
    };
  } catch (error) {
    const refusal = toFhirError(error);
    if (!(refusal instanceof FhirError) || refusal.issues[0]?.code !== 'timeout') throw error;
    return { count: undefined, issue: remark('The matches could not be counted in time, so the total is not told.') };
  }
}

const remark = (diagnostics: string): OutcomeIssue => ({ severity: 'warning', code: 'incomplete', diagnostics });

/** @param limit where counting may end @param timeLimit in milliseconds, for each type */
export async function countAll(
  { database }: Pick<Store, 'database'>,
  sources: readonly Source[],
  { timeLimit, limit }: { readonly timeLimit: number; readonly limit?: number | undefined },
): Promise<number> {
  let count = 0;
  for (const { resourceType, filter } of sources) {
    const options = { maxTimeMS: timeLimit, ...(limit === undefined ? {} : { limit: limit - count }) };
    count += await database.current(resourceType).countDocuments(filter as Filter<ResourceDocument>, options);
    if (limit !== undefined && count >= limit) break;
  }
  return count;
}
