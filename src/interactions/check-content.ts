/** What must hold of any resource before it is stored (FHIR R4, resource.html, json.html). */
import { badStructure } from '../fhir/error.ts';
import { isObject, type JsonObject, type ResourceContent } from '../fhir/resource-content.ts';

/** @throws FhirError 400 naming the elements whose JSON can't be FHIR, whatever their type. */
export function checkContent({ json, resourceType }: ResourceContent): void {
  const problem = findProblem(json, { path: resourceType, depth: 0 });
  if (problem) throw badStructure(problem.why, problem.path || undefined);
}

interface Problem {
  readonly why: string;
  readonly path: string;
}

/** Where an element is, and how many levels below its resource. */
interface Place {
  readonly path: string;
  readonly depth: number;
}

/** No resource of the specification nests nearly so deep; what does is an attack on whoever parses it. */
const DEEPEST = 100;

/** Finds what no FHIR JSON holds: null outside of a primitive array, empty objects, arrays and strings, arrays in arrays. */
function findProblem(object: JsonObject, { path, depth }: Place): Problem | undefined {
  if (depth > DEEPEST) return { why: `The resource is nested more than ${DEEPEST} levels deep.`, path: '' };
  const keys = Object.keys(object);
  if (keys.length === 0) return { why: 'An object must not be empty.', path };
  for (const key of keys) {
    const problem = problemOf(object[key], { path: `${path}.${key}`, depth: depth + 1 });
    if (problem) return problem;
  }
  return undefined;
}

function problemOf(value: unknown, place: Place): Problem | undefined {
  if (value === null) return { why: 'null is not a value; leave the element out.', path: place.path };
  if (value === '') return { why: 'A string must not be empty.', path: place.path };
  if (Array.isArray(value)) return problemInArray(value, place);
  return isObject(value) ? findProblem(value, place) : undefined;
}

function problemInArray(values: readonly unknown[], { path, depth }: Place): Problem | undefined {
  if (values.length === 0) return { why: 'An array must not be empty.', path };
  for (const [index, value] of values.entries()) {
    if (Array.isArray(value)) return { why: 'An array must not hold arrays.', path: `${path}[${index}]` };
    // null keeps the place of a primitive that has only an id or extensions (json.html#primitive).
    const problem = value === null ? undefined : problemOf(value, { path: `${path}[${index}]`, depth });
    if (problem) return problem;
  }
  return undefined;
}
