/** A compiled search as what is asked of each of its collections (FHIR R4, search.html). */
import { visible } from '../reach.ts';
import type { Store } from '../versions.ts';
import { all, type Conditions } from './combine.ts';
import { linkFields } from './includes.ts';
import { beginInquiry } from './inquiry.ts';
import { fieldsFor } from './keep.ts';
import type { Source } from './search-page.ts';
import type { CompiledSearch } from './search-request.ts';
import { select } from './select.ts';

/** What narrows a search beside its criteria. */
export interface Restriction {
  /** `Patient/<id>`: only what is in it. */
  readonly compartment: string | undefined;
  /** Only what was there by then. */
  readonly asOf: Date | undefined;
}

/** What came into being after the first page was read is on no page. */
function restrictionsOf({ compartment, asOf }: Restriction): readonly Conditions[] {
  return [...(compartment ? [{ c: compartment }] : []), ...(asOf ? [{ cr: { $not: { $gt: asOf } } }] : [])];
}

/** @throws FhirError 400 where a criterion takes too much */
export function sourcesOf(
  store: Store,
  { queries, options }: CompiledSearch,
  restriction: Restriction,
): Promise<readonly Source[]> {
  const inquiry = beginInquiry(store, { now: new Date() });
  return Promise.all(
    queries.map(async ({ resourceType, criteria }) => {
      const selected = await select(inquiry, resourceType, criteria);
      const conditions = all([selected.conditions, ...restrictionsOf(restriction)]);
      const filter = visible(store.reach, resourceType, [conditions]);
      const { pending } = selected;
      const fields = [...linkFields(options.includes, resourceType), ...fieldsFor(pending)];
      return { resourceType, conditions, filter, pending, inquiry, fields };
    }),
  );
}
