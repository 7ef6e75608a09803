/** $meta-add and $meta-delete: sets of profiles, tags and security labels (FHIR R4, resource-operation-meta-add.html). */
import {
  formatTree,
  itemsOf,
  type JsonTree,
  memberOf,
  type ObjectTree,
  parseTree,
  stringOf,
  withMember,
} from '../../fhir/json-tree.ts';
import { parseResource } from '../../fhir/resource-content.ts';
import { checkResource } from '../check-resource.ts';
import { metaOf } from './meta.ts';
import { metaResponse } from './meta-response.ts';
import type { OperationHandler } from './operation.ts';

type Change = (items: readonly JsonTree[], others: readonly JsonTree[]) => readonly JsonTree[];

/** What is there already stays as it is, "duplicates are not created". */
const add: Change = (items, others) => {
  const known = new Set(items.map(identityOf));
  return [...items, ...others.filter((other) => !known.has(identityOf(other)))];
};

/** "It is not an error if these tags, profiles, and labels do not exist." */
const subtract: Change = (items, others) => {
  const gone = new Set(others.map(identityOf));
  return items.filter((item) => !gone.has(identityOf(item)));
};

export const metaAdd: OperationHandler = changing(add);
export const metaDelete: OperationHandler = changing(subtract);

function changing(change: Change): OperationHandler {
  return async ({ resourceType = '', id = '' }, input, { ports, validate }) => {
    const given = parseTree(input.complex('meta')?.text ?? '{}');
    const { resource: result } = await ports.persistence.patchResource({
      resourceType,
      id,
      resource: ({ body }) => {
        const content = parseResource(formatTree(withChangedMeta(parseTree(body), given, change)));
        checkResource(content, { validate });
        return content;
      },
    });
    return metaResponse(metaOf(result?.stored.body ?? '{}'));
  };
}

const LABELS = ['profile', 'security', 'tag'] as const;

function withChangedMeta(resource: JsonTree, given: JsonTree, change: Change): JsonTree {
  const meta = memberOf(resource, 'meta');
  if (resource.kind !== 'object' || meta?.kind !== 'object') return resource;
  const changed = LABELS.reduce<ObjectTree>((tree, label) => {
    const items = change(itemsOf(memberOf(meta, label)), itemsOf(memberOf(given, label)));
    return withMember(tree, label, items.length > 0 ? { kind: 'array', items } : undefined);
  }, meta);
  return withMember(resource, 'meta', changed);
}

/** A profile is its URL, a tag or label its system and code. */
const identityOf = (item: JsonTree): string =>
  stringOf(item) ?? JSON.stringify([stringOf(memberOf(item, 'system')), stringOf(memberOf(item, 'code'))]);
