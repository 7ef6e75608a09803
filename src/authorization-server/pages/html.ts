/** HTML that can't be broken into (HTML Living Standard, 13.3): what is put into a template is escaped, unless it is HTML made here. */

/** Text that is HTML already. */
export interface Html {
  readonly html: string;
}

type Part = string | Html | readonly Html[] | undefined;

/** A template whose values are escaped; lists of Html are joined, undefined is left out. */
export const html = (texts: TemplateStringsArray, ...values: readonly Part[]): Html => ({
  html: texts.map((text, index) => text + partText(values[index])).join(''),
});

function partText(part: Part): string {
  if (part === undefined) return '';
  if (typeof part === 'string') return escapeHtml(part);
  return 'html' in part ? part.html : part.map((one) => one.html).join('');
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
