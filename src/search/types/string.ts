/** Search parameters of type string (FHIR R4, search.html#string). */
import { isObject, type JsonObject } from '../../fhir/resource-content.ts';
import type { Extract as ExtractFrom, Extractors, IndexValue } from '../index-entry.ts';
import type { Modifier } from '../parameter.ts';
import type { SearchValue } from '../query.ts';
import { readText, refuseValue, type ValueContext } from '../value-reader.ts';

type SearchedString = Extract<SearchValue, { type: 'string' }>;

/** Reads the text to find. */
export function parseStringValue(raw: string, context: ValueContext): SearchedString {
  const text = readText(raw, context);
  if (context.modifier !== 'exact' && foldText(text) === '') {
    throw refuseValue(context, 'takes letters, digits or symbols; punctuation and accents alone are ignored');
  }
  return { type: 'string', text };
}

const PLAIN = /^[A-Za-z0-9]*$/;
const ASCII = /^[ -~]*$/;
const ASCII_PUNCTUATION = /[!-#%-*,-/:;?@[-\]_{}]/g;
const IGNORED = /[\p{M}\p{P}]|(?!\s)\p{Cc}/gu;

/**
 * The base characters of a text: no case, no accents, no punctuation, single spaces. Upper case comes first so that
 * letters with several lower cases (ß and ss, both sigmas) fall together. Most texts are ASCII and take a short way.
 */
export function foldText(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase();
  if (ASCII.test(text)) return text.toLowerCase().replace(ASCII_PUNCTUATION, '').replace(/ {2,}/g, ' ').trim();
  const lower = text.normalize('NFD').toUpperCase().toLowerCase().replaceAll('ς', 'σ').normalize('NFD');
  return lower.replace(IGNORED, '').replace(/\s+/g, ' ').trim();
}

const extractString: ExtractFrom = (value, add) => {
  if (typeof value === 'string' && value !== '') add({ type: 'string', text: value });
};

/** A family name, and what follows each of its spaces and hyphens: Quinones finds Carreno Quinones. */
const extractFamily: ExtractFrom = (value, add) => {
  if (typeof value !== 'string' || value === '') return;
  add({ type: 'string', text: value });
  for (const { index } of value.matchAll(/(?<=[\s\p{Pd}])[^\s\p{Pd}]/gu)) {
    add({ type: 'string', text: value.slice(index), part: true });
  }
};

export const stringExtractors: Extractors = {
  string: extractString,
  markdown: extractString,
  code: extractString,
  'HumanName.family': extractFamily,
  HumanName: (value, add) => {
    if (!isObject(value)) return;
    extractFamily(value['family'], add, '');
    addParts(value, ['text', 'given', 'prefix', 'suffix'], add);
  },
  Address: (value, add) => {
    if (!isObject(value)) return;
    addParts(value, ['text', 'line', 'city', 'district', 'state', 'postalCode', 'country'], add);
  },
};

function addParts(value: JsonObject, names: readonly string[], add: (value: IndexValue) => void): void {
  for (const name of names) {
    const part = value[name];
    if (!Array.isArray(part)) extractString(part, add, '');
    else for (const item of part) extractString(item, add, '');
  }
}

export function matchesString(
  indexed: { readonly text: string; readonly part?: boolean },
  searched: SearchedString,
  modifier: Modifier | undefined,
): boolean {
  if (modifier === 'exact') return !indexed.part && indexed.text === searched.text;
  const folded = foldText(indexed.text);
  const wanted = foldText(searched.text);
  return modifier === 'contains' ? folded.includes(wanted) : folded.startsWith(wanted);
}
