/** Formats in and out (FHIR R4, http.html#mime-type): JSON, asked for by `Accept` or `_format`. */
import { notAcceptable, unsupportedMediaType } from '../fhir/error.ts';

export const FHIR_JSON = 'application/fhir+json; charset=utf-8';

const JSON_TYPES = new Set(['application/fhir+json', 'application/json', 'text/json', 'json']);
const WILDCARDS = new Set(['*/*', 'application/*']);

/** @throws FhirError 406 where the client accepts nothing that this server can send. */
export function checkAcceptable(accept: string | undefined, format: string | readonly string[] | undefined): void {
  // `_format` wins over `Accept` (http.html#parameters), and `+` in a query may have become a space.
  const asked = format === undefined ? accept || '*/*' : [format].flat().join(',').replaceAll(' ', '+');
  const ranges = asked.split(',').map(parseRange);
  if (!ranges.some(({ type, refused }) => !refused && (JSON_TYPES.has(type) || WILDCARDS.has(type)))) {
    throw notAcceptable('This server answers in application/fhir+json only.');
  }
}

function parseRange(text: string): { readonly type: string; readonly refused: boolean } {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const refused = parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter) || isOtherRelease(parameter));
  return { type, refused };
}

/** `fhirVersion=5.0`: a release of FHIR other than R4 (http.html#version-parameter). */
const isOtherRelease = (parameter: string): boolean => /^fhirversion=(?!"?4\.0(\.\d+)?"?$)/.test(parameter);

/** @throws FhirError 415 where the body is not JSON in UTF-8. */
export function checkReadable(contentType: string | undefined): void {
  const [type = '', ...parameters] = (contentType ?? '').split(';').map((part) => part.trim().toLowerCase());
  if (!JSON_TYPES.has(type) || type === 'json') {
    throw unsupportedMediaType('Send resources as application/fhir+json (Content-Type).');
  }
  if (parameters.some(isOtherRelease)) throw unsupportedMediaType('This server reads FHIR R4 (fhirVersion=4.0).');
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice(8);
  if (charset !== undefined && !/^"?utf-?8"?$/.test(charset)) {
    throw unsupportedMediaType('FHIR JSON is always UTF-8; leave the charset out or say utf-8.');
  }
}
