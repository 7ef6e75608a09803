/** The entries of a Bundle as idempotent writes (FHIR R4, bundle.html and http.html#transaction). */

import { arrayElements, objectMembers, rewriteStrings } from '../../fhir/json-text.ts';
import { isObject, type JsonObject } from '../../fhir/resource-content.ts';
import { contentId, uuidOf, withId } from './identity.ts';
import { asResource, stringMember } from './json.ts';
import { type EntryRequest, type Loadable, type LoadEntry, refusalAt, type SourcePosition } from './unit.ts';

/** Types whose entries carry no request: what they hold is loaded as it is. */
const CONTENT_TYPES = new Set(['collection', 'searchset', 'history', 'document', 'message']);

/** One entry of a Bundle with everything needed to decide its write. */
interface BundleEntry {
  readonly position: SourcePosition;
  readonly fullUrl: string | undefined;
  readonly request: JsonObject | undefined;
  readonly resource: JsonObject;
  readonly resourceType: string;
  readonly text: string;
  /** An id that follows from the Bundle's content and the entry's place in it. */
  readonly derivedId: () => string;
}

type Step = { readonly ok: true; readonly entry: LoadEntry } | { readonly ok: false; readonly why: string };

/** What a Bundle holds: a transaction as one atomic unit, anything else as single entries. */
export function* readBundle(text: string, bundle: JsonObject, source: SourcePosition): Generator<Loadable> {
  const type = stringMember(bundle, 'type') ?? '';
  const elements = Array.isArray(bundle['entry']) ? bundle['entry'] : [];
  if (type === 'transaction') {
    yield* transaction(readSteps({ text, elements, source, obeysRequests: true }), source);
  } else if (type === 'batch') {
    yield* singly(readSteps({ text, elements, source, obeysRequests: true }));
  } else if (CONTENT_TYPES.has(type)) {
    const current = type === 'history' ? newestVersions(elements) : elements;
    yield* singly(readSteps({ text, elements: current, source, obeysRequests: false }));
  } else {
    const why = `is a Bundle of type ${JSON.stringify(bundle['type'] ?? null)}, which can't be loaded`;
    yield { kind: 'refusal', refusal: refusalAt(source, why, elements.length) };
  }
}

type PositionedStep = Step & { readonly position: SourcePosition };

function* transaction(steps: Iterable<PositionedStep>, source: SourcePosition): Generator<Loadable> {
  const entries: LoadEntry[] = [];
  let refused: string | undefined;
  let count = 0;
  for (const step of steps) {
    count++;
    if (step.ok) entries.push(step.entry);
    else refused ??= `is a transaction whose entry ${step.position.entry} ${step.why}`;
  }
  if (refused) yield { kind: 'refusal', refusal: refusalAt(source, refused, count) };
  else if (entries.length > 0) yield { kind: 'unit', unit: { atomic: true, entries } };
}

/** Entries that are written one by one can't rely on the server to resolve references among them; we do it here. */
function* singly(steps: Iterable<PositionedStep>): Generator<Loadable> {
  const all = [...steps];
  const literal = new Map<string, string>();
  for (const step of all) {
    if (step.ok && step.entry.fullUrl && isLiteral(step.entry.request)) {
      literal.set(step.entry.fullUrl, step.entry.request.url);
    }
  }
  for (const step of all) {
    if (step.ok) yield { kind: 'entry', entry: withLiteralReferences(step.entry, literal) };
    else yield { kind: 'refusal', refusal: refusalAt(step.position, step.why) };
  }
}

const isLiteral = ({ method, url }: EntryRequest): boolean => method === 'PUT' && !url.includes('?');

function withLiteralReferences(entry: LoadEntry, literal: ReadonlyMap<string, string>): LoadEntry {
  const text = rewriteStrings(entry.text, (key, value) => (key === 'reference' ? literal.get(value) : undefined));
  return { ...entry, text };
}

/** A Bundle's text and entries. In a history `request` tells what was asked once, so it is not obeyed. */
interface BundleText {
  readonly text: string;
  readonly elements: readonly unknown[];
  readonly source: SourcePosition;
  readonly obeysRequests: boolean;
}

function* readSteps({ text, elements, source, obeysRequests }: BundleText): Generator<PositionedStep> {
  const ranges = entryTexts(text);
  const bundleId = once(() => contentId(text));
  for (const [index, element] of elements.entries()) {
    if (isPassedOver(element)) continue;
    const position = { ...source, entry: index + 1 };
    const derivedId = () => contentId(`${bundleId()}/${index}`);
    yield { ...readEntry(element, { obeysRequests, text: ranges[index] ?? '', position, derivedId }), position };
  }
}

interface EntryText extends Pick<BundleEntry, 'text' | 'position' | 'derivedId'> {
  readonly obeysRequests: boolean;
}

function readEntry(element: unknown, { obeysRequests, ...at }: EntryText): Step {
  if (!isObject(element)) return { ok: false, why: 'is not an object' };
  const request = obeysRequests && isObject(element['request']) ? element['request'] : undefined;
  const method = request && stringMember(request, 'method');
  if (method && method !== 'PUT' && method !== 'POST') return { ok: false, why: `asks for ${method}, not a write` };
  const parsed = asResource(element['resource']);
  if (!parsed.ok) return { ok: false, why: `holds no resource: ${parsed.why}` };
  return toWrite({
    ...at,
    request,
    resource: parsed.resource,
    resourceType: parsed.resourceType,
    fullUrl: stringMember(element, 'fullUrl'),
    text: memberText(at.text, 'resource'),
  });
}

function toWrite(entry: BundleEntry): Step {
  const method = entry.request && stringMember(entry.request, 'method');
  const url = (entry.request && stringMember(entry.request, 'url')) ?? '';
  if (method === 'PUT') return asIs(entry, { method, url });
  if (method === 'POST' && url !== entry.resourceType) return { ok: false, why: `posts to ${JSON.stringify(url)}` };
  const ifNoneExist = entry.request && stringMember(entry.request, 'ifNoneExist');
  if (method === 'POST' && ifNoneExist) return asIs(entry, { method, url, ifNoneExist });
  return putUnder(entry, method === 'POST' ? idOfPosted(entry) : idOfContent(entry));
}

function asIs(entry: BundleEntry, request: EntryRequest): Step {
  const ifMatch = entry.request && stringMember(entry.request, 'ifMatch');
  return written(entry, ifMatch ? { ...request, ifMatch } : request, entry.text);
}

function putUnder(entry: BundleEntry, id: string): Step {
  const text = entry.resource['id'] === id ? entry.text : withId(entry.text, id);
  return written(entry, { method: 'PUT', url: `${entry.resourceType}/${id}` }, text);
}

function written(entry: BundleEntry, request: EntryRequest, text: string): Step {
  const { position, resourceType, fullUrl } = entry;
  return { ok: true, entry: { position, resourceType, request, text, ...(fullUrl ? { fullUrl } : {}) } };
}

/** A posted resource has no id of its own yet: the one of its `urn:uuid:` makes a second run find it again. */
function idOfPosted({ resource, fullUrl, derivedId }: BundleEntry): string {
  const id = stringMember(resource, 'id');
  return id && fullUrl === `urn:uuid:${id}` ? id : (uuidOf(fullUrl) ?? derivedId());
}

/** A resource of a collection already has its identity where it has an id. */
function idOfContent({ resource, fullUrl, derivedId }: BundleEntry): string {
  return stringMember(resource, 'id') ?? uuidOf(fullUrl) ?? derivedId();
}

const SUPERSEDED = Symbol('an older version, or a resource deleted since');

/** A history lists the newest version first; the older ones and what was deleted are left out, their places kept. */
function newestVersions(elements: readonly unknown[]): readonly unknown[] {
  const seen = new Set<string>();
  return elements.map((element) => {
    const identity = isObject(element) ? versionedIdentity(element) : undefined;
    const isOld = identity !== undefined && seen.has(identity);
    if (identity !== undefined) seen.add(identity);
    return isOld || isDeletion(element) ? SUPERSEDED : element;
  });
}

function versionedIdentity(element: JsonObject): string | undefined {
  const { resource, request } = element;
  if (isObject(resource)) return `${String(resource['resourceType'])}/${String(resource['id'])}`;
  return isObject(request) ? stringMember(request, 'url') : undefined;
}

const isDeletion = (element: unknown): boolean =>
  isObject(element) && isObject(element['request']) && element['request']['method'] === 'DELETE';

/** What a search says about itself is no content of its result. */
const isPassedOver = (element: unknown): boolean =>
  element === SUPERSEDED ||
  (isObject(element) && isObject(element['search']) && element['search']['mode'] === 'outcome');

function entryTexts(text: string): readonly string[] {
  const entry = objectMembers(text).findLast(({ key }) => key === 'entry');
  return entry ? arrayElements(text, entry.start).map(({ start, end }) => text.slice(start, end)) : [];
}

function memberText(text: string, key: string): string {
  const member = objectMembers(text).findLast((candidate) => candidate.key === key);
  return member ? text.slice(member.start, member.end) : '';
}

function once<T>(compute: () => T): () => T {
  let value: { readonly of: T } | undefined;
  return () => {
    value ??= { of: compute() };
    return value.of;
  };
}
