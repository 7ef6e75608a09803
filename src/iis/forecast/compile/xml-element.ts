/** A strict reader of the XML that CDC publishes its supporting data in: elements and text, no mixed content (XML 1.0). */

/** An element: either children or text. */
export interface XmlElement {
  readonly name: string;
  readonly children: readonly XmlElement[];
  /** Trimmed, entities resolved; empty where there are children. */
  readonly text: string;
}

/** A file that is not what CDC publishes. */
const malformed = (what: string, at: number): Error => new Error(`${what} at character ${at} of the XML file.`);

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const NAME = /^[A-Za-z_][\w.-]*$/;
const PROLOG = /\uFEFF?(?:<\?xml[^>]*\?>)?(?:\s+|<!--[\s\S]*?-->)*/y;

/**
 * Reads a whole file of elements and text. Attributes, CDATA, doctypes and mixed content are refused: none is in the
 * files, so one that turns up is a change somebody should look at.
 * @throws Error that names the place.
 */
export function parseXml(text: string): XmlElement {
  PROLOG.lastIndex = 0;
  PROLOG.exec(text);
  const { element, end } = readElement(text, PROLOG.lastIndex);
  if (text.slice(end).trim() !== '') throw malformed('Text after the root element', end);
  return element;
}

interface ReadElement {
  readonly element: XmlElement;
  readonly end: number;
}

function readElement(text: string, start: number): ReadElement {
  const end = text.indexOf('>', start);
  if (text[start] !== '<' || end < 0) throw malformed('An element was expected', start);
  const isEmpty = text[end - 1] === '/';
  const name = text.slice(start + 1, isEmpty ? end - 1 : end).trimEnd();
  if (!NAME.test(name)) throw malformed(`"${name}" is not the name of an element`, start);
  return isEmpty ? { element: { name, children: [], text: '' }, end: end + 1 } : readContent(text, name, end + 1);
}

function readContent(text: string, name: string, start: number): ReadElement {
  const children: XmlElement[] = [];
  let written = '';
  let at = start;
  for (;;) {
    const tag = text.indexOf('<', at);
    if (tag < 0) throw malformed(`<${name}> is not closed`, start);
    written += text.slice(at, tag).trim();
    if (text.startsWith('</', tag)) {
      const end = closingEnd(text, name, tag);
      return { element: { name, children, text: ownText(written, children, start) }, end };
    }
    at = text.startsWith('<!--', tag) ? commentEnd(text, tag) : readChild(text, tag, children);
  }
}

function readChild(text: string, tag: number, children: XmlElement[]): number {
  const { element, end } = readElement(text, tag);
  children.push(element);
  return end;
}

function closingEnd(text: string, name: string, tag: number): number {
  const end = text.indexOf('>', tag);
  if (!text.startsWith(name, tag + 2) || text.slice(tag + 2 + name.length, end).trim() !== '') {
    throw malformed(`</${name}> was expected`, tag);
  }
  return end + 1;
}

function commentEnd(text: string, start: number): number {
  const end = text.indexOf('-->', start);
  if (end < 0) throw malformed('A comment is not closed', start);
  return end + 3;
}

function ownText(written: string, children: readonly XmlElement[], at: number): string {
  if (children.length > 0 && written !== '') throw malformed('Text between elements', at);
  return written.includes('&') ? resolveEntities(written, at) : written;
}

const ENTITY = /&(?:#x([\da-f]+);|#(\d+);|(\w+);)?/gi;

function resolveEntities(text: string, at: number): string {
  return text.replace(ENTITY, (entity, hex?: string, decimal?: string, name?: string) => {
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    const resolved = Number.isNaN(code) ? NAMED[name ?? ''] : String.fromCodePoint(code);
    if (resolved === undefined) throw malformed(`The entity ${entity} is unknown`, at);
    return resolved;
  });
}

const isFilled = ({ children, text }: XmlElement): boolean => children.length > 0 || text !== '';

/** The children with this name that hold anything: CDC writes `<interval/>` where there is no interval. */
export function childrenOf(element: XmlElement | undefined, name: string): readonly XmlElement[] {
  return element?.children.filter((child) => child.name === name && isFilled(child)) ?? [];
}

/** The first such child. */
export function childOf(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((child) => child.name === name && isFilled(child));
}

/** The text of the first such child, undefined where it is empty. */
export function textOf(element: XmlElement | undefined, name: string): string | undefined {
  return childOf(element, name)?.text;
}
