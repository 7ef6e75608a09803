/** string, markdown, code and id (FHIR R4, datatypes.html#string, #code, #id). */
import { isLogicalId } from '../../fhir/resource-content.ts';
import type { Fault } from './check.ts';

/** "Strings SHALL NOT exceed 1MB (1024*1024 characters) in size." */
const LONGEST = 1024 * 1024;

/** Below 32 only tab, line feed and carriage return. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/;
/** Halves of characters, which UTF-8 can't carry; few texts have any, and looking for whole ones is cheap. */
const HALVES = /[\ud800-\udfff]/;
const LONE_HALF = /\p{Surrogate}/u;
/** White space as R4 means it, in ASCII: a no-break or ideographic space is content. */
const CONTENT = /[^ \t\r\n]/;
const CODE = /^[^ \t\r\n]+(?: [^ \t\r\n]+)*$/;

const TOO_LONG: Fault = {
  id: 'string-length',
  code: 'too-long',
  message: 'A string has at most 1,048,576 characters.',
};
const CONTROL: Fault = {
  id: 'control-character',
  code: 'value',
  message: 'A string holds no control characters but tab, line feed and carriage return.',
};
const BLANK: Fault = {
  id: 'blank-string',
  code: 'value',
  message: 'A string must not be white space only; leave the element out.',
};
const CODE_FORM: Fault = {
  id: 'code-form',
  code: 'value',
  message: 'A code has no white space at its ends, and inside only single spaces.',
};
const ID_FORM: Fault = {
  id: 'id-form',
  code: 'value',
  message: 'An id is 1 to 64 of the characters A-Z a-z 0-9 - and . (a period).',
};

const hasForbidden = (value: string): boolean => CONTROLS.test(value) || (HALVES.test(value) && LONE_HALF.test(value));

export function checkString(value: string): Fault | undefined {
  if (value.length > LONGEST) return TOO_LONG;
  if (hasForbidden(value)) return CONTROL;
  // The empty string is the schema's to refuse.
  return value === '' || CONTENT.test(value) ? undefined : BLANK;
}

export function checkCode(value: string): Fault | undefined {
  if (value.length > LONGEST) return TOO_LONG;
  return value === '' || (CODE.test(value) && !hasForbidden(value)) ? undefined : CODE_FORM;
}

export const checkId = (value: string): Fault | undefined => (isLogicalId(value) ? undefined : ID_FORM);
