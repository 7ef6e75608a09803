/**
 * Search values as strings that MongoDB can find by equality or by their start (FHIR R4, search.html#token and
 * search.html#string). Writing and searching both go through here, so they can't differ.
 */
import type { TokenValue } from '../../search/index-entry.ts';
import { foldText } from '../../search/types/string.ts';
import { foldCode } from '../../search/types/token.ts';

/** Ends the folded part of a string; folding removes it from texts. */
const END = '\u001f';

/** The field of a search parameter; a further field only serves one modifier. */
export const fieldName = (code: string, modifier?: 'identifier' | 'of-type' | 'text'): string =>
  modifier ? `s_${code}:${modifier}` : `s_${code}`;

/** Where one component of a composite is in its sub-document. */
export const componentName = (position: number): string => `c${position}`;

/** A system with what would end it escaped; `=` leads the form without system. */
const escapeSystem = (system: string): string => system.replace(/[\\|=]/g, '\\$&');

export const codeKey = (code: string): string => `=${foldCode(code)}`;
export const systemKey = (system: string): string => `${escapeSystem(system)}|`;
export const systemCodeKey = (system: string, code: string): string => systemKey(system) + foldCode(code);

export const isCodeKey = (key: string): boolean => key.startsWith('=');

/** All the strings that a stored token is found by. */
export function tokenKeys({ system, code }: Pick<TokenValue, 'system' | 'code'>): readonly string[] {
  if (code === '') return [systemKey(system ?? '')];
  return system === undefined ? [codeKey(code)] : [codeKey(code), systemCodeKey(system, code)];
}

export const ofTypeKey = (token: { readonly system: string; readonly code: string; readonly value: string }): string =>
  `${systemKey(token.system)}${escapeSystem(foldCode(token.code))}|${foldCode(token.value)}`;

export const stringKey = (text: string): string => foldText(text) + END + text;
/** A part of a longer value: found by its start, equal to nothing that is searched exactly. */
export const partKey = (text: string): string => foldText(text) + END;
export const isPartKey = (key: string): boolean => key.endsWith(END);

/** Units, unlike other codes, mean different things in different case. */
export const unitSystemKey = (system: string, code: string): string => systemKey(system) + code;
export const unitKey = (codeOrUnit: string): string => `=${codeOrUnit}`;

const escapeRegex = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

/** Anchored patterns, so that the index is read from one key to another. */
export const startsWithPattern = (text: string): string => `^${escapeRegex(text)}`;
/** Somewhere in the folded part of a string key. */
export const containsPattern = (text: string): string => `^[^${END}]*${escapeRegex(foldText(text))}`;
