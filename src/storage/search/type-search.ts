/** Which resources a condition names (FHIR R4, http.html#ccreate, #cond-update): the ids that match its criteria. */
import type { ClientSession } from 'mongodb';
import { badValue, notSupported } from '../../fhir/error.ts';
import type { SearchParams } from '../../fhir/interaction.ts';
import { parseSearchQuery } from '../../search/parse.ts';
import type { SearchQuery } from '../../search/query.ts';
import type { Store } from '../versions.ts';
import { beginInquiry, findVisible } from './inquiry.ts';
import { select } from './select.ts';
import { vocabularyOf } from './vocabulary.ts';
import { inOrderOfIds, walk } from './walk.ts';

/**
 * The criteria of a condition, which says nothing about a result.
 * @throws FhirError 400 naming what is not supported: nothing of a condition is ever passed over
 */
function parseCondition(store: Store, resourceType: string, params: SearchParams): SearchQuery {
  const query = parseSearchQuery(resourceType, params, vocabularyOf(store, resourceType));
  const [unsupported = query.count === undefined ? undefined : { name: '_count' }] = query.resultParameters;
  if (unsupported) {
    throw notSupported(`${unsupported.name} is about a result, which a condition has not.`, `http.${unsupported.name}`);
  }
  // Without criteria everything would match: whatever hangs on the condition would be wrong.
  if (query.criteria.length === 0) throw badValue('A condition needs at least one search criterion.');
  return query;
}

/** The ids that match, read within the session where one is given; two are enough to know none, one or several. */
export async function matchingIds(
  store: Store,
  search: {
    readonly resourceType: string;
    readonly params: SearchParams;
    readonly session?: ClientSession;
    /** How many at most: 2 where nothing is said. */
    readonly most?: number;
  },
): Promise<readonly string[]> {
  const { resourceType, session, most: wanted = 2 } = search;
  const { criteria } = parseCondition(store, resourceType, search.params);
  const inquiry = beginInquiry(store, { now: new Date(), ...(session ? { session } : {}) });
  const { conditions, pending } = await select(inquiry, resourceType, criteria);
  const found =
    pending.length === 0
      ? await findVisible(inquiry, { resourceType, conditions: [conditions], limit: wanted })
      : await walk(inquiry, inOrderOfIds(inquiry, { resourceType, conditions, pending }), wanted);
  return found.map(({ _id }) => _id);
}
