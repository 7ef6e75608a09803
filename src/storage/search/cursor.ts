/**
 * Opaque places in a search (FHIR R4, http.html#paging): sealed, so that a client can neither read nor make one, and
 * bound to the search it was made for. A place is where to go on, never a proof of permission.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { badRequest } from '../../fhir/error.ts';
import type { SortValue } from './key-order.ts';

/** A resource by its place in an order: the values it is sorted by (undefined where it has none), its type and its id. */
export interface Position {
  readonly values: readonly (SortValue | undefined)[];
  readonly resourceType: string;
  readonly id: string;
}

export interface Cursor {
  readonly position: Position;
  /** The page is what comes before the position, not after it. */
  readonly backward: boolean;
  /** When the first page was read: what came into being later is on no page. */
  readonly asOf: Date;
  /** How many there were then, where that was asked for. */
  readonly total: number | undefined;
}

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** @param key 32 bytes; @param search what the place belongs to. */
export function sealCursor(key: Buffer, search: string, cursor: Cursor): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, iv).setAAD(Buffer.from(search));
  const sealed = Buffer.concat([cipher.update(format(cursor)), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url');
}

/** @throws FhirError 400 where the place was not made by this server for this search. */
export function openCursor(key: Buffer, search: string, sealed: string): Cursor {
  try {
    const bytes = Buffer.from(sealed, 'base64url');
    const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(search)).setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    return parse(decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8'));
  } catch {
    throw badRequest('This page link does not belong to this search; start again from its first page.', 'http._cursor');
  }
}

/** A date in a list of its own, so that it comes back as one. */
type Plain = string | number | readonly [milliseconds: number] | null;
type Sealed = readonly [
  type: string,
  id: string,
  values: readonly Plain[],
  asOf: number,
  backward: 0 | 1,
  total?: number,
];

function format({ position, backward, asOf, total }: Cursor): string {
  const values = position.values.map((value) => (value instanceof Date ? [value.getTime()] : (value ?? null)));
  return JSON.stringify([position.resourceType, position.id, values, asOf.getTime(), backward ? 1 : 0, total]);
}

function parse(text: string): Cursor {
  const [resourceType, id, plain, asOf, backward, total] = JSON.parse(text) as Sealed;
  const values = plain.map((value) => {
    if (value === null) return undefined;
    return typeof value === 'object' ? new Date(value[0]) : value;
  });
  return {
    position: { resourceType, id, values },
    backward: backward === 1,
    asOf: new Date(asOf),
    total: total ?? undefined,
  };
}
