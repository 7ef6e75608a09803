/**
 * The `div` of a narrative: one well-formed XHTML div of the elements and attributes that R4 allows, with some content and
 * nothing that acts (FHIR R4, narrative.html; invariants txt-1 and txt-2).
 */
import { FhirError } from '../fhir/error.ts';
import { readXml, type XmlTag } from '../xml/read-xml.ts';
import { checkElement, txt1, XHTML } from './narrative-rules.ts';
import { isPlainNarrative } from './plain-narrative.ts';
import type { Fault } from './primitive/check.ts';

const DEEPEST = 100;

const NO_CONTENT: Fault = {
  id: 'txt-2',
  code: 'invariant',
  message: 'A narrative must have some content beside white space.',
};
const NOT_DIV = txt1(`A narrative must be one <div xmlns="${XHTML}">.`);
const TOO_DEEP = txt1(`A narrative is nested more than ${DEEPEST} levels deep.`);

/** @returns undefined for a narrative that may stand. */
export function checkNarrative(div: string): Fault | undefined {
  return isPlainNarrative(div) ? undefined : checkByParser(div);
}

function checkByParser(div: string): Fault | undefined {
  const reading: Reading = { depth: 0, hasContent: false, fault: undefined };
  try {
    read(div, reading);
  } catch (error) {
    if (error instanceof FhirError) return { id: 'xhtml', code: 'invalid', message: error.message };
    throw error;
  }
  return reading.fault ?? (reading.hasContent ? undefined : NO_CONTENT);
}

const isBlank = (text: string): boolean => !/[^ \t\r\n]/.test(text);

interface Reading {
  depth: number;
  hasContent: boolean;
  /** The first one. */
  fault: Fault | undefined;
}

function read(div: string, reading: Reading): void {
  readXml(div, {
    open(tag) {
      reading.fault ??= checkPlace(tag, reading.depth) ?? checkElement(tag.local, Object.values(tag.attributes));
      reading.depth++;
      if (tag.local === 'img') reading.hasContent = true;
    },
    close() {
      reading.depth--;
    },
    text(content) {
      if (!isBlank(content)) reading.hasContent = true;
    },
    processingInstruction() {
      reading.fault ??= txt1('A narrative must not hold a processing instruction.');
    },
  });
}

function checkPlace(tag: XmlTag, depth: number): Fault | undefined {
  if (depth > DEEPEST) return TOO_DEEP;
  const isDiv = tag.local === 'div';
  return tag.uri !== XHTML || tag.prefix !== '' || (depth === 0 && !isDiv) ? NOT_DIV : undefined;
}
