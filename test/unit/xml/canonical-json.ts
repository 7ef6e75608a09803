/**
 * JSON text with the members of every object sorted by name and no white space; numbers keep their digits, strings are
 * written as JSON.stringify writes them. Written apart from the converter, so that it can judge it.
 */
export function canonicalJson(text: string): string {
  const tokens = text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g);
  const next = (): string => tokens.next().value?.[0] ?? '';
  return canonicalValue(next(), next);
}

function canonicalValue(token: string, next: () => string): string {
  if (token === '{') return `{${canonicalMembers(next).join(',')}}`;
  if (token === '[') return `[${canonicalElements(next).join(',')}]`;
  return token.startsWith('"') ? JSON.stringify(JSON.parse(token)) : token;
}

function canonicalMembers(next: () => string): readonly string[] {
  const members: string[] = [];
  for (let key = next(); key !== '}'; key = next()) {
    if (key === ',') continue;
    next();
    members.push(`${canonicalValue(key, next)}:${canonicalValue(next(), next)}`);
  }
  return members.sort();
}

function canonicalElements(next: () => string): readonly string[] {
  const elements: string[] = [];
  for (let token = next(); token !== ']'; token = next()) {
    if (token !== ',') elements.push(canonicalValue(token, next));
  }
  return elements;
}
