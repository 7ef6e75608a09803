/** Separators and escapes inside the value of a search parameter (FHIR R4, search.html#escaping). */

/** The parts between separators that no backslash escapes; escapes stay as they are. */
export function splitEscaped(text: string, separator: ',' | '$' | '|'): string[] {
  const parts: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === separator) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, text.slice(start)];
}

/** The text that was meant; undefined when a backslash escapes something that needs no escape. */
export function unescapeValue(text: string): string | undefined {
  if (!text.includes('\\')) return text;
  if (!/^(?:[^\\]|\\[,$|\\])*$/.test(text)) return undefined;
  return text.replace(/\\([,$|\\])/g, '$1');
}

/** The value to send so that exactly this text is meant. */
export const escapeValue = (text: string): string => text.replace(/[,$|\\]/g, '\\$&');
