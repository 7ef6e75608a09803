/** A patch as what it makes of a version (FHIR R4, http.html#patch). */
import type { Definitions } from '../../definitions/load.ts';
import { FhirError, testFailed, unprocessable } from '../../fhir/error.ts';
import { applyJsonPatch } from '../../fhir/json-patch.ts';
import { formatTree, type JsonTree, parseTree } from '../../fhir/json-tree.ts';
import type { Edit, Patch } from '../../fhir/patch.ts';
import { parseResource, type ResourceContent } from '../../fhir/resource-content.ts';
import type { StoredResource } from '../../fhir/stored-resource.ts';
import type { Validate } from '../../validation/validate.ts';
import { checkResource } from '../check-resource.ts';
import { parseFhirPathPatch } from './fhirpath-operations.ts';
import { applyFhirPathPatch } from './fhirpath-patch.ts';

/** What a patch is read by, and what comes of it held to. */
interface EditRules extends Pick<Definitions, 'elements'> {
  readonly validate: Validate;
}

/** @throws FhirError 400 where the patch is none, whatever it is applied to. */
export function buildEdit(patch: Patch, { elements, validate }: EditRules): Edit {
  const apply = toFunction(patch, elements);
  return (current) => {
    const text = formatTree(apply(parseTree(current.body)));
    return checkResult(text, current, validate);
  };
}

function toFunction(patch: Patch, elements: Definitions['elements']): (tree: JsonTree) => JsonTree {
  if (patch.language === 'json-patch') return (tree) => applyJsonPatch(tree, patch.operations);
  const operations = parseFhirPathPatch(patch.parameters);
  return (tree) => applyFhirPathPatch(tree, operations, elements);
}

/** What comes of a patch must be a resource still, and the same one. @throws FhirError 422 */
function checkResult(text: string, { resourceType, id }: StoredResource, validate: Validate): ResourceContent {
  const content = unprocessableIfRefused(() => {
    const parsed = parseResource(text);
    checkResource(parsed, { validate });
    return parsed;
  });
  if (content.resourceType === resourceType && content.id === id) return content;
  throw testFailed('A patch must not change the type or the id of a resource.', `${resourceType}.id`);
}

function unprocessableIfRefused<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (error instanceof FhirError && error.status === 400) throw unprocessable(error.issues);
    throw error;
  }
}
