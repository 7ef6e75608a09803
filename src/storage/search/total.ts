/** How many matches there are (FHIR R4, search.html#total): counted within a time, or as far as an estimate needs. */
import type { Filter } from 'mongodb';
import { FhirError, type OutcomeIssue } from '../../fhir/error.ts';
import type { TotalPrecision } from '../../search/result-parameters.ts';
import type { ResourceDocument } from '../database.ts';
import { toFhirError } from '../database-errors.ts';
import type { Store } from '../versions.ts';
import type { Source } from './search-page.ts';
import { inOrderOfIds, walk, walkCount } from './walk.ts';

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
    if (!isTooMuch(refusal)) throw error;
    return { count: undefined, issue: remark('The matches could not be counted in time, so the total is not told.') };
  }
}

const isTooMuch = (refusal: unknown): boolean =>
  refusal instanceof FhirError && ['timeout', 'too-costly'].includes(refusal.issues[0]?.code ?? '');

const remark = (diagnostics: string): OutcomeIssue => ({ severity: 'warning', code: 'incomplete', diagnostics });

/** @param limit where counting may end @param timeLimit in milliseconds, for each type */
export async function countAll(
  store: Pick<Store, 'database'>,
  sources: readonly Source[],
  { timeLimit, limit = Number.POSITIVE_INFINITY }: { readonly timeLimit: number; readonly limit?: number | undefined },
): Promise<number> {
  let count = 0;
  for (const source of sources) {
    if (count < limit) count += await countSource(store, source, { timeLimit, limit: limit - count });
  }
  return count;
}

async function countSource(
  { database }: Pick<Store, 'database'>,
  { resourceType, conditions, filter, pending, inquiry }: Source,
  { timeLimit, limit }: { readonly timeLimit: number; readonly limit: number },
): Promise<number> {
  if (pending.length > 0) {
    const within = { ...inquiry, deadline: Math.min(inquiry.deadline, performance.now() + timeLimit) };
    const way = inOrderOfIds(within, { resourceType, conditions, pending });
    return limit === Number.POSITIVE_INFINITY ? walkCount(within, way) : (await walk(within, way, limit)).length;
  }
  const options = { maxTimeMS: timeLimit, ...(limit === Number.POSITIVE_INFINITY ? {} : { limit }) };
  return database.current(resourceType).countDocuments(filter as Filter<ResourceDocument>, options);
}
