/**
 * The rules of primitive types on text (FHIR R4, datatypes.html#primitive). No expression here can backtrack: each goes over a
 * text once.
 */
import type { ElementDeclaration } from '../../definitions/elements.ts';
import type { RequiredBindings } from '../../definitions/required-bindings.ts';
import type { IssueCode } from '../../fhir/error.ts';
import { checkBase64 } from './base64.ts';
import { codedCheck } from './coded.ts';
import { checkDate, checkDateTime, checkInstant, checkTime } from './date.ts';
import { checkCode, checkId, checkString } from './text.ts';
import { checkOid, checkUri, checkUuid } from './uri.ts';

/** What is wrong with a value. */
export interface Fault {
  readonly id: string;
  readonly code: IssueCode;
  readonly message: string;
}

/** @returns undefined for a value that is as its type demands. */
export type PrimitiveCheck = (value: string) => Fault | undefined;

const checks: Readonly<Record<string, PrimitiveCheck>> = {
  base64Binary: checkBase64,
  canonical: checkUri,
  code: checkCode,
  date: checkDate,
  dateTime: checkDateTime,
  id: checkId,
  instant: checkInstant,
  markdown: checkString,
  oid: checkOid,
  string: checkString,
  time: checkTime,
  uri: checkUri,
  url: checkUri,
  uuid: checkUuid,
};

/** The check of an element of that type; undefined where the schema alone decides: numbers, booleans, listed codes. */
export function primitiveCheck(
  { path }: ElementDeclaration,
  type: string,
  bindings: RequiredBindings,
): PrimitiveCheck | undefined {
  if (type === 'code') return codedCheck(path, bindings) ?? checkCode;
  return checks[type];
}
