/** The `div` of a narrative: XHTML in XML, the same characters as a string in JSON (FHIR R4, narrative.html, json.html#xhtml). */
import { badStructure, type FhirError } from '../fhir/error.ts';
import { DEEPEST, expressionOf, type Place } from './place.ts';
import { readXml, type XmlHandlers, type XmlTag } from './read-xml.ts';

const XHTML = 'http://www.w3.org/1999/xhtml';

/** A `div` that is being read. */
export interface OpenNarrative {
  readonly place: Place;
  /** The offset of its `<`. */
  readonly start: number;
  /** Whether its tag names the namespace, which a string that stands alone needs. */
  readonly declared: boolean;
  depth: number;
}

interface Opening {
  readonly tag: XmlTag;
  readonly text: string;
  /** The offset after the tag's `>`. */
  readonly end: number;
  readonly place: Place;
}

/** @throws FhirError 400 when the tag is not that of an XHTML div. */
export function openNarrative({ tag, text, end, place }: Opening): OpenNarrative {
  if (tag.local !== 'div') throw badStructure('A narrative must be one XHTML div.', expressionOf(place));
  const open = {
    place,
    // A well-formed tag has no other `<`.
    start: text.lastIndexOf('<', end - 1),
    declared: tag.attributes['xmlns'] !== undefined,
    depth: 0,
  };
  enterXhtml(open, tag);
  return open;
}

/** Steps into an element of the narrative. @throws FhirError 400 when that is not plain XHTML or too deep. */
export function enterXhtml(open: OpenNarrative, tag: XmlTag): void {
  if (tag.uri !== XHTML || tag.prefix !== '') {
    const example = `<div xmlns="${XHTML}">`;
    throw refusal(
      open,
      `A narrative's elements must be XHTML without a prefix, inside ${example}: <${tag.name}> is not.`,
    );
  }
  // A prefix that is declared outside of the div would be lost in JSON.
  for (const { prefix, name } of Object.values(tag.attributes)) {
    if (!['', 'xml', 'xmlns'].includes(prefix)) throw refusal(open, `XHTML has no attribute ${name}.`);
  }
  open.depth++;
  if (open.depth > DEEPEST) throw refusal(open, `A narrative is nested more than ${DEEPEST} levels deep.`);
}

/** A processing instruction is no part of a resource's content (xml.html), so a narrative can't hold one. */
export const refuseInstruction = (place: Place): never => {
  throw badStructure('A narrative must not hold a processing instruction.', expressionOf(place));
};

const refusal = (open: OpenNarrative, diagnostics: string): FhirError =>
  badStructure(diagnostics, expressionOf(open.place));

/** The characters of the div up to `end`; only a namespace that stood outside of it is added. */
export function narrativeOf(open: OpenNarrative, text: string, end: number): string {
  const div = text.slice(open.start, end);
  return open.declared ? div : `<div xmlns="${XHTML}"${div.slice('<div'.length)}`;
}

/**
 * The div of a JSON string, to stand in XML as it is.
 * @throws FhirError 400 when the string is not one well-formed XHTML div.
 */
export function toNarrative(text: string, place: Place): string {
  let open: OpenNarrative | undefined;
  let narrative = '';
  const handlers: XmlHandlers = {
    open(tag, end) {
      if (open) enterXhtml(open, tag);
      else open = openNarrative({ tag, text, end, place });
    },
    close(end) {
      if (open && --open.depth === 0) narrative = narrativeOf(open, text, end);
    },
    text: () => undefined,
    processingInstruction: () => refuseInstruction(place),
  };
  readXml(text, handlers, { defaultNamespace: XHTML });
  return narrative;
}
