/** Reading a declaration from its JSON file, so that a broken one stops the start and is named (FHIR R4, json.html). */

import { readFileSync } from 'node:fs';

/** A declaration that can't be used: the message names the file and says what is wrong with it. */
export const brokenDeclaration = (file: URL, reason: string, cause?: unknown): Error =>
  new Error(`${decodeURIComponent(file.pathname)}: ${reason}`, { cause });

/**
 * The JSON value in a file. Throws an error that names the file when it is absent, unreadable or not JSON.
 *
 * It blocks on purpose: declarations are read at the start, when there is nothing else to do, and hundreds of small
 * files take about 15 ms like this, but about 80 ms through the thread pool.
 */
export function readDeclaration(file: URL): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as unknown;
  } catch (error) {
    throw brokenDeclaration(file, error instanceof Error ? error.message : String(error), error);
  }
}

/** Is this a JSON object, not an array or null? */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Is this an array of texts, none of them empty? */
export const isTextList = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string' && item !== '');
