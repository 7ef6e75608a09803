/** base64Binary: RFC 4648 with padding; white space may separate the characters (FHIR R4, datatypes.html#base64Binary). */
import type { Fault } from './check.ts';

const FAULT: Fault = {
  id: 'base64',
  code: 'value',
  message: 'Binary content is base64: groups of four of A-Z a-z 0-9 + and /, the last one padded with =.',
};

const SPACE = /[ \t\r\n]+/g;
/** The two classes have nothing in common, so there is one way only to match; R4's own pattern takes exponential time. */
const ALPHABET = /^[A-Za-z0-9+/]+={0,2}$/;

export function checkBase64(value: string): Fault | undefined {
  const characters = value.replace(SPACE, '');
  return characters.length % 4 === 0 && ALPHABET.test(characters) ? undefined : FAULT;
}
