/**
 * A quick look at a narrative: nearly all are written plainly and are right, and a parser takes longer over them than over
 * all else of a resource (FHIR R4, narrative.html).
 */
import { checkElement, type NarrativeAttribute, XHTML } from './narrative-rules.ts';

/** The classes of characters that follow each other have none in common, so that no tag can be matched in two ways. */
const TAG = /<(\/?)([a-z][a-z0-9]*)((?:[ \t\r\n]+[A-Za-z:]+="[^"<&]*")*)[ \t\r\n]*(\/?)>/y;
const ATTRIBUTE = /([A-Za-z:]+)="([^"<&]*)"/g;
/** XML's own references, and decimal numbers of characters that XML has. */
const REFERENCE = /&(?:lt|gt|amp|quot|apos|#(?:9|10|13|3[2-9]|[4-9]\d|\d{3,4}));/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: XML has none
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff\ufffe\uffff]|\]\]>/;

const DEEPEST = 100;

interface Scan {
  readonly div: string;
  at: number;
  /** Names of the elements that are open, innermost last. */
  readonly open: string[];
  hasContent: boolean;
}

/** Whether a narrative is surely right; false says only that a parser has to tell. */
export function isPlainNarrative(div: string): boolean {
  if (NOT_XML.test(div)) return false;
  const scan: Scan = { div, at: 0, open: [], hasContent: false };
  while (scan.at < div.length) if (!takePart(scan)) return false;
  return scan.open.length === 0 && scan.hasContent;
}

function takePart(scan: Scan): boolean {
  // Nothing stands beside the one div.
  if (scan.at > 0 && scan.open.length === 0) return false;
  return scan.div.charAt(scan.at) === '<' ? takeTag(scan) : takeText(scan);
}

function takeText(scan: Scan): boolean {
  const { div, at, open } = scan;
  const next = div.indexOf('<', at);
  if (next < 0 || open.length === 0) return false;
  const text = div.slice(at, next);
  if (text.includes('&') && text.replace(REFERENCE, '').includes('&')) return false;
  if (!scan.hasContent) scan.hasContent = /[^ \t\r\n]/.test(text);
  scan.at = next;
  return true;
}

function takeTag(scan: Scan): boolean {
  TAG.lastIndex = scan.at;
  const [tag, closing, name = '', attributes = '', alone] = TAG.exec(scan.div) ?? [];
  if (tag === undefined) return false;
  scan.at += tag.length;
  if (closing) return attributes === '' && !alone && scan.open.pop() === name;
  if (!isAllowed(name, attributes, scan.open.length)) return false;
  if (name === 'img') scan.hasContent = true;
  if (!alone) scan.open.push(name);
  return scan.open.length < DEEPEST;
}

function isAllowed(name: string, text: string, depth: number): boolean {
  const attributes = text === '' ? [] : attributesOf(text);
  const namespace = attributes.find((attribute) => attribute.name === 'xmlns')?.value;
  if (depth === 0 && (name !== 'div' || namespace === undefined)) return false;
  if (namespace !== undefined && namespace !== XHTML) return false;
  const isRepeated = new Set(attributes.map((attribute) => attribute.name)).size < attributes.length;
  return !isRepeated && checkElement(name, attributes) === undefined;
}

const attributesOf = (text: string): readonly NarrativeAttribute[] =>
  [...text.matchAll(ATTRIBUTE)].map(([, name = '', value = '']) => ({ name, value }));
