/** Values of tokens that stand for many codes: value sets, and what is above or below a code (FHIR R4, search.html#token). */
import { badValue, type FhirError, tooCostly } from '../../fhir/error.ts';
import type { TokenValue } from '../index-entry.ts';
import type { SearchValue, SystemCode } from '../query.ts';
import { readText, refuseValue, type ValueContext } from '../value-reader.ts';
import { foldCode, parseTokenValue } from './token.ts';

type SearchedCodes = Extract<SearchValue, { type: 'codes' }>;

/** A database is asked for each of the codes. */
const MOST_CODES = 5000;

/** Reads the canonical URL of a value set. @throws FhirError 400 naming one that the server doesn't have */
export function parseValueSet(raw: string, context: ValueContext): SearchedCodes {
  const url = readText(raw, context);
  const codes = context.terminology.expandValueSet?.(url);
  if (!codes) throw unknownTo(context, `names a value set that this server does not have: ${url}`);
  return searched(codes, context);
}

/** Reads `system|code`. @throws FhirError 400 naming a code that is in no hierarchy of the server */
export function parseSubsumption(raw: string, context: ValueContext, direction: 'above' | 'below'): SearchedCodes {
  const { system, code } = parseTokenValue(raw, context);
  if (!system || code === undefined) throw refuseValue(context, 'takes system|code');
  const codes = context.terminology.subsumption?.({ system, code }, direction);
  if (!codes) throw unknownTo(context, `names a code that is in no hierarchy of this server: ${system}|${code}`);
  return searched(codes, context);
}

/** The names of value sets and codes are public, and the client has to know which one is meant. */
const unknownTo = ({ name }: ValueContext, problem: string): FhirError =>
  badValue(`The search parameter "${name}" ${problem}.`, `http.${name}`);

function searched(codes: readonly SystemCode[], { name }: ValueContext): SearchedCodes {
  if (codes.length <= MOST_CODES) return { type: 'codes', codes };
  throw tooCostly(`The search parameter "${name}" stands for more than ${MOST_CODES} codes.`, `http.${name}`);
}

/** An element that has codes only, without systems, takes its system from its definition. */
export const matchesCodes = (indexed: Pick<TokenValue, 'system' | 'code'>, { codes }: SearchedCodes): boolean =>
  codes.some(
    ({ system, code }) =>
      foldCode(indexed.code) === foldCode(code) && (indexed.system === undefined || indexed.system === system),
  );
