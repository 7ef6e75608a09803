/** Which elements and attributes a narrative may have, and what they may do (FHIR R4, narrative.html; txt-1). */
import type { Fault } from './primitive/check.ts';

export const XHTML = 'http://www.w3.org/1999/xhtml';

const words = (text: string): readonly string[] => text.split(' ');

/** HTML 4.0, chapters 7 to 11 (without ins and del) and 15, links and images; none that is deprecated. */
const ELEMENTS: ReadonlySet<string> = new Set(
  words(
    'div p br hr h1 h2 h3 h4 h5 h6 a span b i em strong small big tt var dfn cite abbr acronym code samp kbd sub sup bdo ' +
      'address blockquote q pre table caption col colgroup thead tfoot tbody tr th td ul ol li dl dt dd img map area',
  ),
);

/** Of every element. */
const GLOBAL = words('id class style title lang xml:lang dir xml:space xmlns accesskey tabindex');
const CELL = words('abbr axis headers scope rowspan colspan nowrap bgcolor width height align valign char charoff');
const OWN: Readonly<Record<string, readonly string[]>> = {
  a: words('name href charset type hreflang rel rev shape coords target'),
  area: words('shape coords href nohref alt'),
  blockquote: ['cite'],
  br: ['clear'],
  caption: ['align'],
  col: words('span width align valign char charoff'),
  colgroup: words('span width align valign char charoff'),
  div: ['align'],
  h1: ['align'],
  h2: ['align'],
  h3: ['align'],
  h4: ['align'],
  h5: ['align'],
  h6: ['align'],
  hr: words('align noshade size width'),
  img: words('src alt longdesc height width usemap ismap align border hspace vspace name'),
  li: words('type value'),
  map: ['name'],
  ol: words('type start compact'),
  p: ['align'],
  pre: ['width'],
  q: ['cite'],
  table: words('summary width border frame rules cellspacing cellpadding align bgcolor'),
  tbody: words('align valign char charoff'),
  td: CELL,
  tfoot: words('align valign char charoff'),
  th: CELL,
  thead: words('align valign char charoff'),
  tr: words('align valign char charoff bgcolor'),
  ul: words('type compact'),
};

const ATTRIBUTES: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  [...ELEMENTS].map((element) => [element, new Set([...GLOBAL, ...(OWN[element] ?? [])])]),
);

const LINKS: ReadonlySet<string> = new Set(['href', 'src', 'cite', 'longdesc', 'usemap']);
/** Schemes that act or carry documents; white space and control characters inside a scheme are passed over by browsers. */
const ACTIVE = /^(?:javascript|vbscript|data(?!:image\/(?:png|gif|jpe?g|webp|bmp|tiff)[;,])|file|blob):/i;
/** In a style: what loads or runs something. A backslash hides letters. */
const ACTIVE_STYLE = /url\s?\(|expression\s?\(|@import|javascript:|behavior\s?:|-moz-binding|\\/i;

/** An attribute as it is written, its value with entities resolved. */
export interface NarrativeAttribute {
  readonly name: string;
  readonly value: string;
}

export const txt1 = (message: string): Fault => ({ id: 'txt-1', code: 'invariant', message });

/** @returns what is wrong with an element of a narrative, undefined where nothing is */
export function checkElement(local: string, attributes: readonly NarrativeAttribute[]): Fault | undefined {
  const allowed = ATTRIBUTES.get(local);
  if (!allowed)
    return txt1(`A narrative must not hold the element ${shown(local)}: only basic formatting, links and images.`);
  for (const { name, value } of attributes) {
    if (!allowed.has(name)) return txt1(`In a narrative ${shown(local)} must not have the attribute ${shown(name)}.`);
    if (isActive(name, value))
      return txt1(`In a narrative the attribute ${shown(name)} must not load or run anything.`);
  }
  return undefined;
}

function isActive(name: string, value: string): boolean {
  if (name === 'style') return ACTIVE_STYLE.test(value);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: browsers pass over them
  return LINKS.has(name) && ACTIVE.test(value.replace(/[\u0000-\u0020]+/g, ''));
}

/** A name is repeated only where it is one. */
const shown = (name: string): string => (/^[A-Za-z][\w:.-]{0,40}$/.test(name) ? name : '(unusual)');
