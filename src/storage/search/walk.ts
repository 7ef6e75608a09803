/**
 * Searches that no filter can say: resources are read in order, and the criteria that are left are looked at for each
 * batch of them, until there are enough. What is not looked at is never passed over in silence.
 */
import type { JoinCriterion } from '../../search/query.ts';
import type { ResourceDocument } from '../database.ts';
import type { Conditions } from './combine.ts';
import { checkTime, findVisible, type Inquiry } from './inquiry.ts';
import { fieldsFor, keepMatches } from './keep.ts';

/** The batches grow: where few resources match, many are read at once. */
const FIRST_BATCH = 200;
const LARGEST_BATCH = 3200;

export interface Walk {
  readonly resourceType: string;
  /** At least one. */
  readonly pending: readonly JoinCriterion[];
  /** The fields that reading brings: at least those that `fieldsFor` names. */
  readonly fields: readonly string[];
  /** Reads on from a document, or from the beginning, in an order that does not change. */
  readonly read: (after: ResourceDocument | undefined, count: number) => Promise<readonly ResourceDocument[]>;
}

/** The first matches in the order of reading. @throws FhirError 400 where they are not found in time */
export async function walk(inquiry: Inquiry, way: Walk, wanted: number): Promise<readonly ResourceDocument[]> {
  const matches: ResourceDocument[] = [];
  for await (const found of matchesOn(inquiry, way)) {
    matches.push(...found);
    if (matches.length >= wanted) break;
  }
  return matches.slice(0, wanted);
}

/** How many match. @throws FhirError 400 where they are not counted in time */
export async function walkCount(inquiry: Inquiry, way: Walk): Promise<number> {
  let count = 0;
  for await (const found of matchesOn(inquiry, way)) count += found.length;
  return count;
}

async function* matchesOn(
  inquiry: Inquiry,
  { resourceType, pending, fields, read }: Walk,
): AsyncGenerator<readonly ResourceDocument[]> {
  const missing = fieldsFor(pending).filter((field) => !fields.includes(field));
  if (missing.length > 0) throw new TypeError(`what is read lacks ${missing.join()}`);
  let after: ResourceDocument | undefined;
  for (let size = FIRST_BATCH; ; size = Math.min(size * 2, LARGEST_BATCH)) {
    checkTime(inquiry, pending[0]?.name ?? '');
    const batch = await read(after, size);
    yield await keepMatches(inquiry, resourceType, { criteria: pending, candidates: batch });
    if (batch.length < size) return;
    after = batch.at(-1);
  }
}

/** Through what the conditions find in the order of ids, without its content. */
export function inOrderOfIds(
  inquiry: Inquiry,
  { conditions, ...about }: Pick<Walk, 'resourceType' | 'pending'> & { readonly conditions: Conditions },
): Walk {
  const { resourceType, pending } = about;
  const fields = fieldsFor(pending);
  return {
    ...about,
    fields,
    read: (after, limit) =>
      findVisible(inquiry, {
        resourceType,
        conditions: after ? [conditions, { _id: { $gt: after._id } }] : [conditions],
        fields,
        limit,
        ordered: true,
      }),
  };
}
