/** Formats in and out (FHIR R4, http.html#mime-type): asked for by `_format` or, failing that, `Accept`. */
import { notAcceptable, unsupportedMediaType } from '../fhir/error.ts';

export type Format = 'json' | 'xml';

/** How an answer is to be written. */
export interface AnswerForm {
  readonly format: Format;
  readonly pretty: boolean;
}

export const CONTENT_TYPES: Readonly<Record<Format, string>> = {
  json: 'application/fhir+json; charset=utf-8',
  xml: 'application/fhir+xml; charset=utf-8',
};

/** What is written where nobody asked for anything else. */
export const PLAIN_JSON: AnswerForm = { format: 'json', pretty: false };

/** What may name each format; the first is its own. Short names are for `_format` only. */
const NAMES: Readonly<Record<Format, readonly string[]>> = {
  json: ['application/fhir+json', 'application/json', 'text/json', 'json'],
  xml: ['application/fhir+xml', 'application/xml', 'text/xml', 'xml'],
};
const FORMATS: readonly Format[] = ['json', 'xml'];
const WILDCARDS: ReadonlySet<string> = new Set(['*/*', 'application/*']);

interface MediaRange {
  readonly type: string;
  /** 0 to 1: how much it is wanted. */
  readonly quality: number;
}

/** `_format` wins over `Accept`. @throws FhirError 406 where the client accepts nothing that this server can send. */
export function negotiate(accept: string | undefined, format: string | readonly string[] | undefined): Format {
  // `+` in a query may have become a space.
  const asked = format === undefined ? accept || '*/*' : [format].flat().join(',').replaceAll(' ', '+');
  const ranges = asked.split(',').map(parseRange);
  const wanted = FORMATS.map((name) => ({ name, quality: qualityOf(name, ranges) }));
  const best = wanted.reduce((a, b) => (b.quality > a.quality ? b : a));
  if (best.quality > 0) return best.name;
  throw notAcceptable(`This server answers in ${FORMATS.map((name) => NAMES[name][0]).join(' or ')}.`);
}

/** The quality of the most specific range that the format is in (RFC 9110, 12.5.1). */
function qualityOf(format: Format, ranges: readonly MediaRange[]): number {
  const named = ranges.filter(({ type }) => NAMES[format].includes(type));
  const matching = named.length > 0 ? named : ranges.filter(({ type }) => WILDCARDS.has(type));
  return Math.max(0, ...matching.map(({ quality }) => quality));
}

function parseRange(text: string): MediaRange {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  if (parameters.some(isOtherRelease)) return { type, quality: 0 };
  const weight = parameters.find((parameter) => parameter.startsWith('q='));
  return { type, quality: weight === undefined ? 1 : Number.parseFloat(weight.slice(2)) || 0 };
}

/** `fhirVersion=5.0`: a release of FHIR other than R4 (http.html#version-parameter). */
const isOtherRelease = (parameter: string): boolean => /^fhirversion=(?!"?4\.0(\.\d+)?"?$)/.test(parameter);

/** The media type of a Content-Type, without its parameters. */
export const mediaTypeOf = (contentType: string | undefined): string =>
  (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

/** The format of a body. @throws FhirError 415 where this server does not read it, or it is not in UTF-8. */
export function checkReadable(contentType: string | undefined): Format {
  const type = mediaTypeOf(contentType);
  const format = FORMATS.find((name) => type.includes('/') && NAMES[name].includes(type));
  if (!format)
    throw unsupportedMediaType('Send resources as application/fhir+json or application/fhir+xml (Content-Type).');
  const parameters = (contentType ?? '')
    .split(';')
    .slice(1)
    .map((part) => part.trim().toLowerCase());
  if (parameters.some(isOtherRelease)) throw unsupportedMediaType('This server reads FHIR R4 (fhirVersion=4.0).');
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice(8);
  if (charset !== undefined && !/^"?utf-?8"?$/.test(charset)) {
    throw unsupportedMediaType('FHIR is always UTF-8; leave the charset out or say utf-8.');
  }
  return format;
}
