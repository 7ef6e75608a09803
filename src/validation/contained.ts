/** Rules on contained resources, looked at when their container has been walked (FHIR R4, references.html#contained; dom-2 to dom-5). */
import type { JsonObject } from '../fhir/resource-content.ts';
import { exists, objectOf } from './invariant/invariant.ts';
import type { Fault } from './primitive/check.ts';
import { type Container, containedIn } from './scope.ts';

interface ContainedFault extends Fault {
  /** Which of the contained resources. */
  readonly index: number;
}

const rule = (id: string, message: string): Fault => ({ id, code: 'invariant', message });

const NESTED = rule('dom-2', 'A contained resource must not contain others.');
const UNUSED = rule('dom-3', 'A contained resource must be referred to from the resource, or refer to it by #.');
const VERSIONED = rule('dom-4', 'A contained resource must not have a meta.versionId or meta.lastUpdated.');
const LABELED = rule('dom-5', 'A contained resource must not have a security label.');
const NO_ID: Fault = {
  id: 'contained-id',
  code: 'required',
  message: 'A contained resource needs an id to be referred to by.',
};
const SECOND: Fault = { id: 'contained-id', code: 'duplicate', message: 'Another contained resource has the same id.' };

export function checkContained(container: Container): readonly ContainedFault[] {
  const ids = new Set<unknown>();
  return containedIn(container.resource).flatMap((resource, index) => {
    const faults = [...faultsOf(resource), ...faultsOfUse(resource, { container, ids })];
    ids.add(resource['id']);
    return faults.map((fault) => ({ ...fault, index }));
  });
}

function faultsOf(resource: JsonObject): readonly Fault[] {
  const meta = objectOf(resource, 'meta') ?? {};
  return [
    ...(exists(resource, 'contained') ? [NESTED] : []),
    ...(exists(meta, 'versionId', 'lastUpdated') ? [VERSIONED] : []),
    ...(exists(meta, 'security') ? [LABELED] : []),
  ];
}

interface Use {
  readonly container: Container;
  /** Of the contained resources before this one. */
  readonly ids: ReadonlySet<unknown>;
}

function faultsOfUse(resource: JsonObject, { container, ids }: Use): readonly Fault[] {
  const { id } = resource;
  const isUsed = container.localLinks.has(`#${id}`) || container.referringBack.has(resource);
  if (id === undefined) return isUsed ? [NO_ID] : [NO_ID, UNUSED];
  if (ids.has(id)) return [SECOND];
  return isUsed ? [] : [UNUSED];
}
