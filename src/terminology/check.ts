/** Codes held against code systems and value sets (FHIR R4, terminologies.html#strength, terminologies.html#code). */
import type { CodeableConcept, Coding } from '@medplum/fhirtypes';
import { mayBeNew } from './growing-systems.ts';
import type {
  CodeBinding,
  CodeOutcome,
  CompiledCodeSystem,
  CompiledValueSet,
  Concept,
  ConceptOutcome,
  Terminology,
} from './terminology.ts';

type Lookups = Pick<Terminology, 'codeSystem' | 'valueSet'>;
type Checks = Pick<Terminology, 'checkCode' | 'checkCoding' | 'checkCodeableConcept'>;

export function createChecks(lookups: Lookups): Checks {
  return {
    checkCode: (binding, code) => checkCode(lookups, binding, code),
    checkCoding: (binding, coding) => checkCoding(lookups, binding, coding),
    checkCodeableConcept: (binding, concept) => checkConcept(lookups, binding, concept),
  };
}

function checkCode({ valueSet: find }: Lookups, { valueSet }: CodeBinding, code: string): CodeOutcome {
  if (valueSet === undefined) return { kind: 'ok', inactive: false, display: undefined };
  const bound = find(valueSet);
  if (!bound) return { kind: 'unknown-value-set', valueSet };
  switch (bound.contains(undefined, code)) {
    case 'in': {
      const member = bound.member(undefined, code);
      return { kind: 'ok', inactive: member?.inactive ?? false, display: member?.display };
    }
    case 'out':
      return { kind: 'not-in-value-set' };
    case 'undecided':
      return undecided(bound);
  }
}

const undecided = ({ obstacles }: CompiledValueSet): CodeOutcome => ({
  kind: 'undecided',
  why: obstacles.join(' ') || 'The code is not known here.',
});

function checkCoding(lookups: Lookups, { valueSet }: CodeBinding, coding: Coding): CodeOutcome {
  const codeSystem = coding.system === undefined ? undefined : lookups.codeSystem(coding.system);
  const concept = codeSystem?.concept(coding.code ?? '');
  if (valueSet === undefined) return bySystem(coding, codeSystem, concept);
  const bound = lookups.valueSet(valueSet);
  return bound ? byValueSet(coding, bound, { codeSystem, concept }) : { kind: 'unknown-value-set', valueSet };
}

interface Known {
  readonly codeSystem: CompiledCodeSystem | undefined;
  readonly concept: Concept | undefined;
}

/** A coding without a system says nothing that could be in a value set (terminologies.html#code). */
function byValueSet(coding: Coding, bound: CompiledValueSet, { codeSystem, concept }: Known): CodeOutcome {
  const { system, code = '' } = coding;
  if (system === undefined) return { kind: 'unknown-system', system };
  const unknown = codeSystem && !concept ? unknownCode(codeSystem, system, code) : undefined;
  switch (bound.contains(system, code)) {
    case 'in':
      return checkDisplay(coding, concept, bound);
    case 'out':
      return unknown?.mayBeNew === false ? unknown : { kind: 'not-in-value-set' };
    case 'undecided':
      return unknown ?? undecided(bound);
  }
}

const unknownCode = (codeSystem: CompiledCodeSystem, system: string, code: string) => ({
  kind: 'unknown-code' as const,
  system,
  mayBeNew: mayBeNew(codeSystem, code),
});

function bySystem(
  coding: Coding,
  codeSystem: CompiledCodeSystem | undefined,
  concept: Concept | undefined,
): CodeOutcome {
  const { system, code = '' } = coding;
  if (system === undefined || !codeSystem) return { kind: 'unknown-system', system };
  return concept ? checkDisplay(coding, concept, undefined) : unknownCode(codeSystem, system, code);
}

function checkDisplay(
  { system, code = '', display }: Coding,
  concept: Concept | undefined,
  bound: CompiledValueSet | undefined,
): CodeOutcome {
  const member = bound?.member(system, code);
  const own = member?.display ?? concept?.display;
  const inactive = concept?.inactive ?? member?.inactive ?? false;
  if (display === undefined || display === own) return { kind: 'ok', inactive, display: own };
  const expected = displaysOf(concept, member);
  return isOneOf(display, expected) ? { kind: 'ok', inactive, display: own } : { kind: 'wrong-display', expected };
}

/** The one to show first; then what else may stand beside the code. */
export function displaysOf(
  concept: Concept | undefined,
  member?: { readonly display?: string; readonly designations: readonly { readonly value: string }[] },
): readonly string[] {
  const found = [member, concept].flatMap((entry) => [
    ...(entry?.display === undefined ? [] : [entry.display]),
    ...(entry?.designations ?? []).map(({ value }) => value),
  ]);
  return [...new Set(found)];
}

/** Case and white space don't make another display (terminologies.html#display). Where none is known, any will do. */
export function isOneOf(display: string, expected: readonly string[]): boolean {
  const same = (text: string) => text.trim().replace(/\s+/g, ' ').toLowerCase();
  return expected.length === 0 || expected.some((text) => same(text) === same(display));
}

/** The most favourable first: what the concept as a whole is judged by. */
const RANK: readonly CodeOutcome['kind'][] = [
  'ok',
  'wrong-display',
  'unknown-code',
  'undecided',
  'unknown-value-set',
  'unknown-system',
  'not-in-value-set',
];

function checkConcept(lookups: Lookups, binding: CodeBinding, { coding = [] }: CodeableConcept): ConceptOutcome {
  const codings = coding.map((entry) => checkCoding(lookups, binding, entry));
  const [best = { kind: 'not-in-value-set' } as const] = codings.toSorted((a, b) => rankOf(a) - rankOf(b));
  return { whole: best, codings };
}

/** A code that is no code at all is worse than one of another value set. */
function rankOf(outcome: CodeOutcome): number {
  return outcome.kind === 'unknown-code' && !outcome.mayBeNew ? RANK.length : RANK.indexOf(outcome.kind);
}
