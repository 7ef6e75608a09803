/** What the reading side hands to the loading job: entries to be written together (FHIR R4, http.html#transaction). */

/** Where a resource was read, so that a person can find it again. Lines and entries are counted from 1. */
export interface SourcePosition {
  readonly file: string;
  readonly line?: number;
  readonly entry?: number;
}

/** The request of one write. A `PUT` on `Type/id` is idempotent; the conditional ones are kept as the source has them. */
export interface EntryRequest {
  readonly method: 'PUT' | 'POST';
  readonly url: string;
  readonly ifNoneExist?: string;
  readonly ifMatch?: string;
}

/** One resource to be written. */
export interface LoadEntry {
  readonly position: SourcePosition;
  readonly resourceType: string;
  readonly request: EntryRequest;
  /** The identity by which other entries of the same unit refer to this one. */
  readonly fullUrl?: string;
  /** The JSON text of the resource, decimals digit for digit as in the source. */
  readonly text: string;
}

/** Entries to be written together. In an atomic unit all succeed or none does; else each stands alone. */
export interface LoadUnit {
  readonly atomic: boolean;
  readonly entries: readonly LoadEntry[];
}

/** Something that could not be read or was not accepted. `resources` counts what it held, as far as that is known. */
export interface Refusal {
  readonly position: SourcePosition;
  readonly why: string;
  readonly resources: number;
}

/** A piece of reading before entries are grouped into units. */
export type Loadable =
  | { readonly kind: 'entry'; readonly entry: LoadEntry }
  | { readonly kind: 'unit'; readonly unit: LoadUnit }
  | { readonly kind: 'refusal'; readonly refusal: Refusal };

/** A piece of reading as the job takes it. `bytes` is how far the sources were read since the piece before. */
export type LoadItem =
  | { readonly kind: 'unit'; readonly unit: LoadUnit; readonly bytes: number }
  | { readonly kind: 'refusal'; readonly refusal: Refusal; readonly bytes: number }
  | { readonly kind: 'source-end'; readonly bytes: number };

/** Everything there is to load, of a known size in bytes. */
export interface LoadInput {
  readonly totalBytes: number;
  readonly items: AsyncIterable<LoadItem>;
}

/** A refusal at a position. */
export const refusalAt = (position: SourcePosition, why: string, resources = 1): Refusal => ({
  position,
  why,
  resources,
});

/** The position in words: `file`, `file line 3`, `file line 3 entry 2`. */
export function formatPosition({ file, line, entry }: SourcePosition): string {
  return [file, line && `line ${line}`, entry && `entry ${entry}`].filter(Boolean).join(' ');
}

/** The unit as the JSON text of a transaction or batch Bundle, each resource with the text it was read with. */
export function unitBundleText(unit: LoadUnit): string {
  const entries = unit.entries.map(({ fullUrl, text, request }) => {
    const identity = fullUrl === undefined ? '' : `"fullUrl":${JSON.stringify(fullUrl)},`;
    return `{${identity}"resource":${text},"request":${JSON.stringify(request)}}`;
  });
  const type = unit.atomic ? 'transaction' : 'batch';
  return `{"resourceType":"Bundle","type":"${type}","entry":[${entries.join(',')}]}`;
}
