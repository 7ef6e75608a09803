/** Where a text stops being JSON (RFC 8259), for answers that must not repeat what it says. */

/** What may come next. */
type Expected = 'value' | 'first-element' | 'first-key' | 'key' | 'colon' | 'next' | 'nothing';

interface Scan {
  readonly text: string;
  at: number;
  /** The containers that are open, innermost last. */
  readonly open: ('{' | '[')[];
}

const SPACE = /[\t\n\r ]*/y;
const STRING_PART = /[^"\\\p{Cc}]+|[\u007f-\u009f]+|\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4})/uy;
const SCALAR = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)/y;

/** The offset, in UTF-16 code units, of the first character that can't be there; the length where more should come. */
export function findJsonFault(text: string): number {
  const scan: Scan = { text, at: 0, open: [] };
  let expected: Expected | undefined = 'value';
  for (;;) {
    skip(scan, SPACE);
    if (scan.at >= text.length) return text.length;
    expected = step[expected](scan, text.charAt(scan.at));
    if (expected === undefined) return scan.at;
  }
}

/** Takes what is there and says what may follow; undefined where it is none of what is expected. */
type Step = (scan: Scan, character: string) => Expected | undefined;

const step: Readonly<Record<Expected, Step>> = {
  value: (scan, character) => {
    if (character === '{') return enter(scan, '{', 'first-key');
    if (character === '[') return enter(scan, '[', 'first-element');
    const isTaken = character === '"' ? takeString(scan) : skip(scan, SCALAR);
    return isTaken ? afterValue(scan) : undefined;
  },
  'first-element': (scan, character) => (character === ']' ? leave(scan) : step.value(scan, character)),
  'first-key': (scan, character) => (character === '}' ? leave(scan) : step.key(scan, character)),
  key: (scan, character) => (character === '"' && takeString(scan) ? 'colon' : undefined),
  colon: (scan, character) => (character === ':' ? take(scan, 'value') : undefined),
  next: (scan, character) => {
    const inObject = scan.open.at(-1) === '{';
    if (character === ',') return take(scan, inObject ? 'key' : 'value');
    return character === (inObject ? '}' : ']') ? leave(scan) : undefined;
  },
  nothing: () => undefined,
};

function take(scan: Scan, next: Expected): Expected {
  scan.at++;
  return next;
}

function enter(scan: Scan, container: '{' | '[', next: Expected): Expected {
  scan.open.push(container);
  return take(scan, next);
}

function leave(scan: Scan): Expected {
  scan.open.pop();
  scan.at++;
  return afterValue(scan);
}

const afterValue = ({ open }: Scan): Expected => (open.length > 0 ? 'next' : 'nothing');

/** Moves over a string literal; where it is broken, to the place where it is. */
function takeString(scan: Scan): boolean {
  scan.at++;
  while (skip(scan, STRING_PART));
  if (scan.text.charAt(scan.at) !== '"') return false;
  scan.at++;
  return true;
}

/** Moves over what the sticky expression matches; false where that is nothing. */
function skip(scan: Scan, expression: RegExp): boolean {
  expression.lastIndex = scan.at;
  const [matched = ''] = expression.exec(scan.text) ?? [];
  scan.at += matched.length;
  return matched !== '';
}
