/**
 * Reads well-formed XML 1.0 in UTF-8 as events and refuses what a FHIR document must not hold: "There SHALL be no DTD
 * references" (FHIR R4, xml.html), hence no entities but the five of XML itself.
 */
import { SaxesParser, type SaxesTagNS } from 'saxes';
import { badStructure, badValue } from '../fhir/error.ts';

export type XmlTag = SaxesTagNS;

/** Called in the order of the text; `end` is the offset after what was read. */
export interface XmlHandlers {
  open(tag: XmlTag, end: number): void;
  close(end: number): void;
  /** Text with its references resolved, or the content of a CDATA section. */
  text(content: string, end: number): void;
  processingInstruction(): void;
}

export interface XmlOptions {
  /** The namespace of elements without a prefix where none is declared. */
  readonly defaultNamespace?: string;
}

/** @throws FhirError 400 with the line and column of what is not well-formed, and what the handlers throw. */
export function readXml(text: string, handlers: XmlHandlers, options: XmlOptions = {}): void {
  const additionalNamespaces = options.defaultNamespace ? { '': options.defaultNamespace } : {};
  const parser = new SaxesParser({ xmlns: true, position: true, additionalNamespaces });
  refuseForeignParts(parser);
  parser.on('opentag', (tag) => handlers.open(tag, parser.position));
  parser.on('closetag', () => handlers.close(parser.position));
  parser.on('text', (content) => handlers.text(content, parser.position));
  parser.on('cdata', (content) => handlers.text(content, parser.position));
  parser.on('processinginstruction', () => handlers.processingInstruction());
  parser.write(text).close();
}

/** `line 3, column 14`, both from 1, for an offset in the text. */
export function positionAt(text: string, offset: number): string {
  const lines = text.slice(0, offset).split('\n');
  return `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
}

function refuseForeignParts(parser: SaxesParser<{ xmlns: true }>): void {
  const position = (): string => `line ${parser.line}, column ${parser.column + 1}`;
  parser.on('error', (error) => {
    throw badStructure(`The XML is not well-formed (${position()}): ${reasonOf(error.message)}`);
  });
  parser.on('doctype', () => {
    throw badStructure(`The XML has a DOCTYPE, which FHIR forbids (${position()}); leave it out.`);
  });
  parser.on('xmldecl', ({ version, encoding }) => {
    if (version !== '1.0') throw badValue('The XML declaration must name version 1.0.');
    if (encoding !== undefined && !/^utf-8$/i.test(encoding)) {
      throw badValue('XML must be in UTF-8; the XML declaration names another encoding.');
    }
  });
}

/** What the parser says, without the position that it puts in front. */
function reasonOf(message: string): string {
  const reason = message.replace(/^\d+:\d+: /, '');
  if (!reason.includes('entity')) return reason;
  return `${reason} XML has only lt, gt, amp, quot and apos; write other characters themselves or by number (&#160;).`;
}
