/**
 * The one walk over a resource after its schema: primitive values, narratives, references, contained resources, invariants
 * (FHIR R4, datatypes.html, references.html, conformance-rules.html#constraints).
 */
import { isLogicalId, isObject, type JsonObject } from '../fhir/resource-content.ts';
import { checkContained } from './contained.ts';
import { type Finding, type LayerName, MOST_FINDINGS } from './finding.ts';
import type { Invariant } from './invariant/invariant.ts';
import { checkNarrative } from './narrative.ts';
import { expressionOf, type Place, topPlace } from './place.ts';
import type { Fault } from './primitive/check.ts';
import { checkPrimitivePair } from './primitive/pair.ts';
import { checkId } from './primitive/text.ts';
import { checkReference } from './reference.ts';
import { type Container, containedType, noteLink, openContainer, type Scope } from './scope.ts';
import type { Content, Member, Shape, Shapes } from './shape.ts';
import type { Validate } from './validate.ts';

export interface WalkRules {
  readonly shapes: Shapes;
  /** All resource types of R4, also those of unknown structure. */
  readonly resourceTypes: ReadonlySet<string>;
}

/** One validation. */
interface Walk extends WalkRules {
  readonly findings: Finding[];
  scope: Scope;
}

export const createWalkLayer =
  (rules: WalkRules): Validate =>
  (resource, options) => {
    const scope = openContainer(resource, options.allowsConditionalReferences === true);
    const walk: Walk = { shapes: rules.shapes, resourceTypes: rules.resourceTypes, findings: [], scope };
    walkContainer(topPlace(String(resource['resourceType'])), scope, walk);
    return walk.findings;
  };

/** A resource that is not contained: on top, or in an entry or a parameter. */
function walkContainer(place: Place, scope: Scope, walk: Walk): void {
  walkResource(place, scope, walk);
  if (scope.resource['contained'] === undefined) return;
  for (const { index, ...fault } of checkContained(scope.container)) {
    report(fault, { layer: 'reference', place: { above: place, element: 'contained', index } }, walk);
  }
}

function walkResource(place: Place, scope: Scope, walk: Walk): void {
  const outer = walk.scope;
  walk.scope = scope;
  const { resource } = scope;
  const { resourceType, id } = resource;
  const shape = walk.shapes.get(String(resourceType));
  if (shape?.members.has('implicitRules')) {
    const fault = typeof id === 'string' && !isLogicalId(id) ? checkId(id) : undefined;
    if (fault) report(fault, { layer: 'primitive', place: { above: place, element: 'id', index: -1 } }, walk);
    walkObject(resource, shape, { place, walk });
  } else if (typeof resourceType === 'string') walkUnknown(resourceType, place, walk);
  walk.scope = outer;
}

/** Valid FHIR is not refused because its type is not served here. */
function walkUnknown(resourceType: string, place: Place, walk: Walk): void {
  if (walk.resourceTypes.has(resourceType)) {
    const message = `The content of the ${resourceType} is not checked: this server does not know its structure.`;
    report(
      { id: 'unchecked', code: 'informational', message },
      { layer: 'structure', place, severity: 'information' },
      walk,
    );
    noteLinks(walk.scope.resource, walk.scope);
  } else {
    const message = 'R4 has no resource type of that name.';
    report({ id: 'resource-type', code: 'structure', message }, { layer: 'structure', place }, walk);
  }
}

/** Every text that can be a local link, where it is not known which elements are. */
function noteLinks(value: unknown, scope: Scope): void {
  if (typeof value === 'string') {
    if (value.startsWith('#')) noteLink(value, scope);
  } else if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) noteLinks(inner, scope);
  }
}

interface Visit {
  readonly place: Place;
  readonly walk: Walk;
}

function walkObject(node: JsonObject, shape: Shape, visit: Visit): void {
  let hasContent = false;
  for (const key in node) {
    if (key !== 'id') hasContent = true;
    const member = shape.members.get(key);
    if (member !== undefined) walkMember(node[key], member, visit);
    if (member?.pair !== undefined) checkPair(node, member, visit);
  }
  // Of a primitive the value counts too, which stands beside this object: `checkPair` looks there.
  if (!hasContent && shape.path !== 'Element' && node['resourceType'] === undefined) reportEmpty(visit);
  checkInvariants(shape.invariants, node, visit);
}

const EMPTY: Fault = {
  id: 'ele-1',
  code: 'invariant',
  message: 'An element must have a value or children, not only an id.',
};

const reportEmpty = ({ place, walk }: Visit): void => report(EMPTY, { layer: 'invariant', place }, walk);

function walkMember(value: unknown, member: Member, visit: Visit): void {
  if (Array.isArray(value)) walkList(value, member, visit);
  else if (value !== null) walkValue(value, member, visit);
}

function walkList(values: readonly unknown[], member: Member, { place, walk }: Visit): void {
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    if (value !== null) checkValue(value, member, { place: { above: place, element: member.element, index }, walk });
  }
}

/** The place of a value that is not in a list is made only where it is needed: most values are plain and right. */
function walkValue(value: unknown, member: Member, visit: Visit): void {
  const { content, element } = member;
  if (content.kind !== 'primitive') {
    checkValue(value, member, { place: { above: visit.place, element, index: -1 }, walk: visit.walk });
    return;
  }
  if (typeof value !== 'string') return;
  const fault = checkPrimitive(value, content, visit.walk);
  if (fault) report(fault, { layer: 'primitive', place: { above: visit.place, element, index: -1 } }, visit.walk);
}

function checkPrimitive(
  value: string,
  content: Extract<Content, { kind: 'primitive' }>,
  walk: Walk,
): Fault | undefined {
  if (content.isLink && value.startsWith('#')) noteLink(value, walk.scope);
  return content.check?.(value);
}

/** @param visit of the value itself */
function checkValue(value: unknown, member: Member, visit: Visit): void {
  const { content } = member;
  if (typeof value === 'string') checkText(value, content, visit);
  if (!isObject(value)) return;
  if (content.kind === 'resource') walkInner(value, member, visit);
  else if ('shape' in content) walkObject(value, content.shape, visit);
  if (content.kind === 'reference') checkLink(value, content.targets, visit);
  checkInvariants(member.invariants, value, visit);
}

function checkText(value: string, content: Content, { place, walk }: Visit): void {
  if (content.kind !== 'primitive' && content.kind !== 'narrative') return;
  const fault = content.kind === 'primitive' ? checkPrimitive(value, content, walk) : checkNarrative(value);
  if (fault) report(fault, { layer: fault.code === 'invariant' ? 'invariant' : 'primitive', place }, walk);
}

function walkInner(resource: JsonObject, { element }: Member, { place, walk }: Visit): void {
  const { container } = walk.scope;
  if (element === 'contained') walkResource(place, { resource, container }, walk);
  else walkContainer(place, openContainer(resource, isResolved(container)), walk);
}

/** A server resolves the conditional references in the entries of a transaction (http.html#trules). */
const isResolved = ({ resource: { resourceType, type } }: Container): boolean =>
  resourceType === 'Bundle' && type === 'transaction';

function checkLink(node: JsonObject, targets: ReadonlySet<string> | undefined, { place, walk }: Visit): void {
  const { scope, resourceTypes } = walk;
  const { reference } = node;
  if (typeof reference === 'string' && reference.startsWith('#')) noteLink(reference, scope);
  const fault = checkReference(node, {
    targets,
    resourceTypes,
    containedType: (id) => containedType(id, scope.container),
    allowsConditional: scope.container.allowsConditional,
  });
  if (fault) report(fault, { layer: 'reference', place }, walk);
}

function checkInvariants(invariants: readonly Invariant[], node: JsonObject, { place, walk }: Visit): void {
  for (const { key, severity, message, broken } of invariants) {
    for (const suffix of broken(node)) {
      const expression = expressionOf(place) + suffix;
      add({ severity, code: 'invariant', id: key, expression, message, layer: 'invariant' }, walk);
    }
  }
}

/** `name` and `_name`, where one of them can need the other (json.html#primitive). */
function checkPair(node: JsonObject, { pair, element, repeats, content }: Member, { place, walk }: Visit): void {
  if (pair === undefined) return;
  const values = node[pair.values];
  const siblings = node[pair.siblings];
  // Values with siblings are looked at once, when it is the siblings' turn; without them only null can be wrong.
  if (content.kind === 'primitive' && (siblings !== undefined || !isListWithNull(values))) return;
  for (const { index, ...fault } of checkPrimitivePair(values, siblings, repeats)) {
    const layer = fault.code === 'invariant' ? 'invariant' : 'structure';
    report(fault, { layer, place: { above: place, element, index } }, walk);
  }
}

const isListWithNull = (values: unknown): boolean => Array.isArray(values) && values.includes(null);

interface At {
  readonly layer: LayerName;
  readonly place: Place;
  readonly severity?: Finding['severity'];
}

function report({ id, code, message }: Fault, { layer, place, severity = 'error' }: At, walk: Walk): void {
  add({ severity, code, id, expression: expressionOf(place), message, layer }, walk);
}

function add(finding: Finding, { findings }: Walk): void {
  if (findings.length < MOST_FINDINGS) findings.push(finding);
}
