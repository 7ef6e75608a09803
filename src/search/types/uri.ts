/** Search parameters of type uri (FHIR R4, search.html#uri). */
import type { Extract as ExtractFrom, Extractors } from '../index-entry.ts';
import type { Modifier } from '../parameter.ts';
import { readText, refuseValue, type ValueContext } from '../value-reader.ts';

/** Reads a URI; `:above` and `:below` only make sense for one with a path. */
export function parseUriValue(raw: string, context: ValueContext): { readonly type: 'uri'; readonly uri: string } {
  const uri = readText(raw, context);
  if (context.modifier && /^urn:/i.test(uri)) throw refuseValue(context, 'takes a URL, not a URN');
  return { type: 'uri', uri };
}

const extractUri: ExtractFrom = (value, add) => {
  if (typeof value === 'string' && value !== '') add({ type: 'uri', keys: [value] });
};

export const uriExtractors: Extractors = {
  uri: extractUri,
  url: extractUri,
  oid: extractUri,
  uuid: extractUri,
  canonical: (value, add) => {
    if (typeof value === 'string' && value !== '') add({ type: 'uri', keys: canonicalKeys(value) });
  },
};

/** A canonical is found by its URL and, when it names a version, also by `url|version`. */
export function canonicalKeys(canonical: string): readonly string[] {
  const bar = canonical.indexOf('|');
  return bar > 0 ? [canonical.slice(0, bar), canonical] : [canonical];
}

export function matchesUri(keys: readonly string[], uri: string, modifier: Modifier | undefined): boolean {
  if (modifier === 'below') return keys.some((key) => key.startsWith(uri));
  if (modifier === 'above') return keys.some((key) => urisAbove(uri).includes(key));
  return keys.includes(uri);
}

/** The URI itself and each shorter one that ends with a segment of its path, with and without the slash. */
export function urisAbove(uri: string): readonly string[] {
  const authority = /^[^:/]+:\/\/[^/]*/.exec(uri)?.[0] ?? '';
  const above = [uri];
  for (let end = uri.lastIndexOf('/'); end >= authority.length; end = uri.lastIndexOf('/', end - 1)) {
    above.push(uri.slice(0, end + 1), uri.slice(0, end));
    if (end === 0) break;
  }
  return [...new Set(above)].filter((candidate) => candidate !== '');
}
