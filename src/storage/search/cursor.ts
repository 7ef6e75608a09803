/**
 * Opaque places in a search (FHIR R4, http.html#paging): sealed, so that a client can neither read nor make one, and
 * bound to the search it was made for. A place is where to go on, never a proof of permission.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { badRequest } from '../../fhir/error.ts';

/** The last resource of a page: the value it was sorted by (absent where it has none) and its id. */
export interface Position {
  readonly value?: Date | undefined;
  readonly id: string;
}

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** @param key 32 bytes; @param search what the place belongs to. */
export function sealPosition(key: Buffer, search: string, { value, id }: Position): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, iv).setAAD(Buffer.from(search));
  const sealed = Buffer.concat([cipher.update(JSON.stringify([id, value?.getTime()])), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url');
}

/** @throws FhirError 400 where the place was not made by this server for this search. */
export function openPosition(key: Buffer, search: string, sealed: string): Position {
  try {
    const bytes = Buffer.from(sealed, 'base64url');
    const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(search)).setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    const text = decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
    const [id, time] = JSON.parse(text) as [string, number | null];
    return { id, ...(time === null ? {} : { value: new Date(time) }) };
  } catch {
    throw badRequest('This page link does not belong to this search; start again from its first page.', 'http._cursor');
  }
}
