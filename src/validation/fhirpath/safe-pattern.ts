/**
 * Regular expressions of profiles that can't be made to run for long (hl7.org/fhirpath/N1, `matches`): JavaScript's engine
 * goes back over what it has read, and a pattern such as `(a+)+$` then takes exponential time.
 */
import { EvaluationError } from './collection.ts';
import { UnsupportedExpression } from './tokens.ts';

/** A test of a text. @throws EvaluationError for a text that is too long for the pattern */
export type PatternTest = (text: string) => boolean;

/** With repetitions without an end, the time grows with a power of the length. */
const LONGEST: readonly number[] = [Number.POSITIVE_INFINITY, 4096, 512];

/** `\d`, `[^a]`, `(`, `)`, a quantifier, or any other character. */
const PART = /\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]|\((?:\?[:=!<]+)?|\)|\{\d*(?:,\d*)?\}|[\s\S]/g;
const REPETITION = /^(?:[*+]|\{\d*(?:,\d*)?\})$/;
const ENDLESS = /^[*+]$|,\}$/;
const LOOKS_ELSEWHERE = /^\\[1-9k]|^\(\?[=!<]/;

/** @throws UnsupportedExpression where the pattern is none, or could take too long */
export function compilePattern(source: string): PatternTest {
  const parts = source.match(PART) ?? [];
  refuseBranching(parts);
  const longest = LONGEST[parts.filter((part) => ENDLESS.test(part)).length];
  if (longest === undefined) throw new UnsupportedExpression('the pattern has too many repetitions without an end');
  const pattern = toRegExp(source);
  return (text) => {
    if (text.length > longest) throw new EvaluationError('The text is too long for the pattern.');
    return pattern.test(text);
  };
}

function toRegExp(source: string): RegExp {
  try {
    return new RegExp(source, 'su');
  } catch {
    throw new UnsupportedExpression('the pattern is no regular expression');
  }
}

/** @throws UnsupportedExpression where what can be read in several ways is repeated: there the time is exponential */
function refuseBranching(parts: readonly string[]): void {
  /** Whether each open group can be read in several ways. */
  const groups: boolean[] = [false];
  parts.forEach((part, index) => {
    if (LOOKS_ELSEWHERE.test(part)) throw new UnsupportedExpression('the pattern looks around or back');
    if (part.startsWith('(')) groups.push(false);
    if (part === ')') leaveGroup(groups, parts[index + 1]);
    if (REPETITION.test(part) || part === '?' || part === '|') groups[groups.length - 1] = true;
  });
}

function leaveGroup(groups: boolean[], following: string | undefined): void {
  const branches = groups.pop() ?? false;
  if (branches && following !== undefined && REPETITION.test(following)) {
    throw new UnsupportedExpression('the pattern repeats what can be read in several ways');
  }
  if (branches && groups.length > 0) groups[groups.length - 1] = true;
}
