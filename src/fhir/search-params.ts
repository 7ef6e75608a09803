/** Query strings as ordered parameters (FHIR R4, search.html#Introduction; `+` and percent-encoding as in a URL). */
import { badRequest } from './error.ts';
import type { SearchParams } from './interaction.ts';

/** Reads a query string without its `?`. @throws FhirError 400 where the percent-encoding is broken. */
export function parseParams(query: string): SearchParams {
  const params: Record<string, string | string[]> = Object.create(null);
  for (const pair of query.split('&')) {
    if (pair === '') continue;
    const at = pair.indexOf('=');
    const name = decode(at < 0 ? pair : pair.slice(0, at));
    const value = at < 0 ? '' : decode(pair.slice(at + 1));
    const earlier = params[name];
    params[name] = earlier === undefined ? value : [...[earlier].flat(), value];
  }
  return params;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw badRequest('The query is not properly percent-encoded UTF-8.', 'http');
  }
}

/** The same parameters as a query string, without the `?`. */
export function formatParams(params: SearchParams): string {
  return Object.entries(params)
    .flatMap(([name, values]) => [values].flat().map((value) => `${encode(name)}=${encode(value)}`))
    .join('&');
}

/** Percent-encodes what a query must not hold, leaving the characters that make FHIR searches readable. */
const encode = (text: string): string => encodeURIComponent(text).replace(/%(3A|2C|2F|24)/gi, decodeURIComponent);
