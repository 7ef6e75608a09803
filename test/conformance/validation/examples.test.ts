/** Official examples are valid, and damage to them is never more than a finding (FHIR R4, US Core, ImmDS, Synthea, SHC). */
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/fhir/resource-content.ts';
import { projectRoot } from '../../../src/project-root.ts';
import { isError } from '../../../src/validation/finding.ts';
import type { Validate } from '../../../src/validation/validate.ts';
import { baseValidation } from '../../support/base-validation.ts';
import { mutations } from '../../unit/validation/mutations.ts';

const FOLDERS = [
  'r4/examples',
  'us-core-6.1.0',
  'us-core-8.0.0',
  'us-core-invariants',
  'immds',
  'validation/transactions',
].map((name) => `test/fixtures/${name}`);

/** Cases of US Core whose R4 is broken: what they test is a rule of a profile. */
const BROKEN: Readonly<Record<string, readonly string[]>> = {
  // Ids of contained resources with # in them.
  'provenance-1-p1-pass.json': ['id-form', 'dom-3', 'ref-1'],
  'provenance-1-f1-fail.json': ['id-form', 'dom-3', 'ref-1'],
  // A reference range without anything.
  'us-core-22-p3-pass.json': ['obs-3'],
  // A unit's code without its system.
  'us-core-22-p2-pass.json': ['qty-3'],
};

const examples = FOLDERS.flatMap((folder) =>
  readdirSync(new URL(folder, projectRoot()))
    .filter((name) => name.endsWith('.json'))
    .map((name) => [name, JSON.parse(readFileSync(new URL(`${folder}/${name}`, projectRoot()), 'utf8'))] as const)
    .filter((entry): entry is readonly [string, JsonObject] => typeof entry[1]?.resourceType === 'string'),
);

let validate: Validate;
beforeAll(async () => {
  validate = await baseValidation();
});

describe('an official example', () => {
  it('is there in numbers', () => {
    expect(examples.length).toBeGreaterThan(230);
  });

  it.each(examples)('breaks no rule of R4: %s', (name, resource) => {
    const errors = validate(resource, { mode: 'full' }).filter(isError);
    const known = BROKEN[name] ?? [];
    expect(errors.filter(({ id }) => !known.includes(id))).toEqual([]);
    expect(errors.length > 0).toBe(known.length > 0);
  });

  it('never makes the validation throw, however it is damaged, and findings name an element of it', () => {
    const anyExample = fc.constantFrom(...examples.map(([, resource]) => resource));
    fc.assert(
      fc.property(anyExample, mutations, (resource, damage) => {
        const damaged = damage(resource);
        for (const { expression } of validate(damaged, { mode: 'full' })) {
          expect(expression.startsWith(String(damaged['resourceType']))).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is judged without a throw when anything stands where an element should', () => {
    const anything = fc.dictionary(
      fc.constantFrom(
        'resourceType',
        'id',
        'meta',
        'text',
        'contained',
        'extension',
        'name',
        'status',
        '_status',
        'entry',
      ),
      fc.jsonValue(),
    );
    const type = fc.constantFrom('Patient', 'Immunization', 'Bundle', 'Parameters', 'List', 'Nope');
    fc.assert(
      fc.property(type, anything, (resourceType, content) => {
        expect(Array.isArray(validate({ ...content, resourceType }, { mode: 'full' }))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
