/** Patient/[id]/$everything: a patient's compartment, and what its resources refer to (FHIR R4, patient-operation-everything.html). */
import { type BundleLink, formatBundle } from '../../fhir/bundle.ts';
import type { CompartmentPosition, CompartmentRequest } from '../../fhir/compartment.ts';
import { parseDate } from '../../fhir/date.ts';
import { badRequest, badValue } from '../../fhir/error.ts';
import { formatParams } from '../../fhir/search-params.ts';
import type { StoredResource } from '../../fhir/stored-resource.ts';
import type { InteractionContext } from '../perform.ts';
import type { OperationInput } from './input.ts';
import type { OperationHandler } from './operation.ts';
import { referencedBy } from './referenced.ts';

/** "Unless the client requests otherwise, the server returns the entire result set": up to this many. */
const MOST = 10_000;

export const everything: OperationHandler = async ({ id = '' }, input, context) => {
  await context.ports.persistence.readResource({ resourceType: 'Patient', id });
  const asked = parseRequest(id, input, context);
  const { resources, next } = await context.ports.compartments.resourcesIn(asked);
  const referenced = await referencedBy(resources, asked, context);
  const entry = ({ resourceType, id: own, body }: StoredResource, mode: 'match' | 'include') =>
    `{"fullUrl":"${context.baseUrl}/${resourceType}/${own}","resource":${body},"search":{"mode":"${mode}"}}`;
  const entries = [
    ...resources.map((resource) => entry(resource, 'match')),
    ...referenced.map((resource) => entry(resource, 'include')),
  ];
  return {
    status: 200,
    body: formatBundle({ type: 'searchset', links: linksOf(id, input, { context, next }), entries }),
  };
};

function parseRequest(id: string, input: OperationInput, { definitions }: InteractionContext): CompartmentRequest {
  const asked = input.texts('_type').flatMap((list) => list.split(','));
  const unknown = asked.find((type) => !definitions.isServed(type));
  if (unknown !== undefined) throw badValue(`${unknown.slice(0, 64)} is no type that this server has.`, 'http._type');
  const count = wholeNumber(input.text('_count'));
  return {
    compartment: `Patient/${id}`,
    types:
      asked.length > 0 ? definitions.resourceTypes.filter((type) => asked.includes(type)) : definitions.resourceTypes,
    since: instant(input.text('_since')),
    careFrom: careDate(input.text('start'), 'start')?.lo,
    careTo: careDate(input.text('end'), 'end')?.hi,
    count: Math.min(count ?? MOST, MOST),
    after: parseCursor(input.text('_cursor')),
  };
}

function wholeNumber(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw badValue('_count must be a whole number above 0.', 'http._count');
}

function instant(text: string | undefined): Date | undefined {
  const interval = text === undefined ? undefined : parseDate(text.replace(/ (?=\d\d:\d\d$)/, '+'));
  if (text === undefined || interval?.zoned) return interval && new Date(interval.lo);
  throw badValue('_since must be one instant, such as 2026-01-31T12:00:00Z.', 'http._since');
}

function careDate(text: string | undefined, name: string): { readonly lo: Date; readonly hi: Date } | undefined {
  if (text === undefined) return undefined;
  const interval = parseDate(text);
  if (interval) return { lo: new Date(interval.lo), hi: new Date(interval.hi) };
  throw badValue(`${name} must be a date.`, `http.${name}`);
}

function parseCursor(text: string | undefined): CompartmentPosition | undefined {
  if (text === undefined) return undefined;
  const [, resourceType, id] = /^([A-Z][A-Za-z]+)_([A-Za-z0-9\-.]{1,64})$/.exec(text) ?? [];
  if (resourceType && id) return { resourceType, id };
  throw badRequest('This is no page link of this server; start again from the first page.', 'http._cursor');
}

const PARAMETERS = ['start', 'end', '_since', '_type', '_count'] as const;

interface Page {
  readonly context: InteractionContext;
  readonly next: CompartmentPosition | undefined;
}

function linksOf(id: string, input: OperationInput, { context, next }: Page): readonly BundleLink[] {
  const params = Object.fromEntries(
    PARAMETERS.flatMap((name) => (input.texts(name).length > 0 ? [[name, input.texts(name)]] : [])),
  );
  const url = (more: Readonly<Record<string, string>>) =>
    `${context.baseUrl}/Patient/${id}/$everything?${formatParams({ ...params, ...more })}`.replace(/\?$/, '');
  const cursor = input.text('_cursor');
  const self: BundleLink = { relation: 'self', url: url(cursor === undefined ? {} : { _cursor: cursor }) };
  return next ? [self, { relation: 'next', url: url({ _cursor: `${next.resourceType}_${next.id}` }) }] : [self];
}
