/** The invariants as functions, held to their FHIRPath as `fhirpath` evaluates it, over elements made of arbitrary parts. */
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import fhirpath from 'fhirpath';
import model from 'fhirpath/fhir-context/r4';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../../../src/project-root.ts';
import type { Invariant } from '../../../../src/validation/invariant/invariant.ts';
import { invariants } from '../../../../src/validation/invariant/table.ts';
import { elementPools } from './element-pools.ts';

interface Constraint {
  readonly key: string;
  readonly expression: string;
}

const folder = new URL('data/profiles/r4/structure-definitions/', projectRoot());

/** The published expressions, by path and key. */
const expressions = new Map<string, string>();
for (const name of readdirSync(folder)) {
  const { snapshot } = JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
  for (const { path, constraint = [] } of snapshot.element as { path: string; constraint?: Constraint[] }[]) {
    for (const { key, expression } of constraint) expressions.set(`${path} ${key}`, expression);
  }
}

/** Where the published expression says something else than the words beside it; the function keeps to the words. */
const BY_THEIR_WORDS: ReadonlySet<string> = new Set([
  // `category.select($this='problem-list-item')` is there for every category, and never equal.
  'con-3',
  // `matches` looks for a part of the name only.
  'cpb-0',
  'mea-0',
  'csd-0',
  'cmd-0',
  'vsd-0',
]);

const placed = [...invariants].flatMap(([path, rules]) =>
  rules.filter(({ key }) => !BY_THEIR_WORDS.has(key)).map((rule) => [rule.key, path, rule] as const),
);

/** An expression without a result does not fail (conformance-rules.html#constraints). */
function holds(path: string, key: string, element: object): boolean {
  const expression =
    key === 'ext-1' ? 'extension.exists() != value.exists()' : (expressions.get(`${path} ${key}`) ?? '');
  const base = path.includes('.') || /^[A-Z]/.test(path) ? path : undefined;
  const environment = { resource: element, rootResource: element, ucum: 'http://unitsofmeasure.org' };
  const result = fhirpath.evaluate(element, base ? { base, expression } : expression, environment, model) as unknown[];
  return result.length === 0 || result[0] === true;
}

describe('an invariant', () => {
  it.each(placed)('agrees with its FHIRPath: %s of %s', (key, path, rule: Invariant) => {
    expect(expressions.has(`${path} ${key}`)).toBe(true);
    const pool = elementPools[path];
    if (!pool) throw new Error(`There are no parts to make a ${path} of.`);
    const verdicts = new Set<boolean>();
    fc.assert(
      fc.property(pool, (element) => {
        const verdict = rule.broken(element).length === 0;
        verdicts.add(verdict);
        expect(verdict).toBe(holds(path, key, element));
      }),
      { numRuns: 150, seed: 4 },
    );
    // Parts that never break a rule would prove nothing.
    expect(verdicts.size).toBe(2);
  });
});
