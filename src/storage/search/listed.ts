/** What List resources name (FHIR R4, search.html#list). */
import { isObject } from '../../fhir/resource-content.ts';
import type { IndexValue } from '../../search/index-entry.ts';
import type { ListCriterion } from '../../search/query.ts';
import { referenceExtractors } from '../../search/types/reference.ts';
import { findVisible, type Inquiry } from './inquiry.ts';
import { idsOfType } from './reference-keys.ts';

/** The ids of the type's resources that one of the Lists names; entries that are marked as deleted are off the list. */
export async function listedIds(
  inquiry: Inquiry,
  resourceType: string,
  { ids }: ListCriterion,
): Promise<ReadonlySet<string>> {
  const conditions = [{ _id: { $in: ids } }];
  const lists = await findVisible(inquiry, { resourceType: 'List', conditions, fields: ['body'], limit: ids.length });
  const keys = lists.flatMap(({ body = '{}' }) => listedKeys(JSON.parse(body), inquiry.store.baseUrl));
  return new Set(idsOfType(keys, resourceType));
}

function listedKeys(list: unknown, baseUrl: string): readonly string[] {
  const entries = isObject(list) && Array.isArray(list['entry']) ? list['entry'] : [];
  const keys: string[] = [];
  const add = (value: IndexValue): void => {
    if (value.type === 'reference') keys.push(...value.keys);
  };
  for (const entry of entries) {
    if (isObject(entry) && entry['deleted'] !== true) referenceExtractors['Reference']?.(entry['item'], add, baseUrl);
  }
  return keys;
}
