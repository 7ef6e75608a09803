/** Index entries of a resource: what each search parameter finds in it (FHIR R4, search.html). */
import { extractValues } from './extract-values.ts';
import type { IndexEntry } from './index-entry.ts';
import type { CompiledSearchParameter } from './parameter.ts';

/**
 * Everything that searches of this resource can match, in the order of the parameters. Never throws on the content.
 * @param baseUrl this server's address without a slash at the end: a reference below it is a reference to this server
 */
export function extractIndexEntries(
  resource: { readonly resourceType?: unknown },
  parameters: readonly CompiledSearchParameter[],
  baseUrl = '',
): readonly IndexEntry[] {
  const entries: IndexEntry[] = [];
  for (const parameter of parameters) {
    for (const value of extractValues(resource, parameter, baseUrl)) entries.push({ code: parameter.code, value });
  }
  return entries;
}
