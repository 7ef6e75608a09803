/** uri, url, canonical, oid and uuid (FHIR R4, datatypes.html#uri). */
import type { Fault } from './check.ts';

const LONGEST = 1024 * 1024;

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const SPACE_OR_CONTROL = /[\u0000-\u0020\p{Surrogate}]/u;
const OID = /^urn:oid:[0-2](?:\.(?:0|[1-9][0-9]*))+$/;
const UUID = /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const URI_FORM: Fault = {
  id: 'uri-form',
  code: 'value',
  message: 'A URI holds no white space and no control characters, and at most 1,048,576 characters.',
};
const OID_FORM: Fault = {
  id: 'oid-form',
  code: 'value',
  message: 'An OID is written urn:oid: and numbers between dots, beginning with 0, 1 or 2.',
};
const UUID_FORM: Fault = {
  id: 'uuid-form',
  code: 'value',
  message: 'A UUID is written urn:uuid: and 8-4-4-4-12 hexadecimal digits in lower case.',
};

/** What `urn:oid:` and `urn:uuid:` announce is held to their form in the types oid and uuid only. */
export const checkUri = (value: string): Fault | undefined =>
  value.length > LONGEST || SPACE_OR_CONTROL.test(value) ? URI_FORM : undefined;

export const checkOid = (value: string): Fault | undefined => (OID.test(value) ? undefined : OID_FORM);
export const checkUuid = (value: string): Fault | undefined => (UUID.test(value) ? undefined : UUID_FORM);
