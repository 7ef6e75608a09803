/** What reading one value of a search needs to know, and how it refuses (FHIR R4, search.html#errors). */
import { badValue, type FhirError } from '../fhir/error.ts';
import { unescapeValue } from './escape.ts';
import type { CompiledSearchParameter, Modifier } from './parameter.ts';
import type { Terminology } from './terminology.ts';

export interface ValueContext {
  /** The parameter as the client wrote it, with its modifier. */
  readonly name: string;
  readonly parameter: CompiledSearchParameter;
  readonly modifier: Modifier | undefined;
  /** `:Patient` and the like. */
  readonly targetType: string | undefined;
  /** This server's address without a slash at the end, or empty. */
  readonly baseUrl: string;
  readonly terminology: Terminology;
}

/** A refusal that names the parameter and what it takes, never the value: values may be about a patient. */
export const refuseValue = (context: ValueContext, expected: string): FhirError =>
  badValue(`The search parameter "${context.name}" ${expected}.`, `http.${context.name}`);

/** @throws FhirError 400 when the text is empty or has a wrong escape */
export function readText(raw: string, context: ValueContext): string {
  const text = unescapeValue(raw);
  if (text === undefined) throw refuseValue(context, 'has a backslash that escapes none of , $ | \\');
  if (text === '') throw refuseValue(context, 'has an empty value');
  return text;
}
