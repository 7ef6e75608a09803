/** Codings held against code systems and value sets (FHIR R4, terminologies.html). */
import { describe, expect, it, test } from 'vitest';
import { ANIMALS, animals, CVX, codeSystem, terminologyOf, valueSet } from './resources.ts';

const VS = 'http://example.org/vs';
const VACCINES = 'http://example.org/vaccines';
const terminology = terminologyOf(
  animals,
  codeSystem(CVX, [
    { code: '08', display: 'Hep B', designation: [{ value: 'hepatitis B vaccine' }] },
    { code: '01', display: 'DTP', property: [{ code: 'inactive', valueBoolean: true }] },
  ]),
  valueSet(VS, [{ system: ANIMALS, concept: [{ code: 'cat' }, { code: 'dog' }] }]),
  valueSet(VACCINES, [{ system: CVX }]),
);
const check = (valueSetUrl: string | undefined, system: string | undefined, code: string, display?: string) =>
  terminology.checkCoding(valueSetUrl === undefined ? {} : { valueSet: valueSetUrl }, {
    code,
    ...(system === undefined ? {} : { system }),
    ...(display === undefined ? {} : { display }),
  });

describe('a coding', () => {
  test.each([
    [undefined, ANIMALS, 'cat', 'ok'],
    [undefined, ANIMALS, 'fish', 'unknown-code'],
    [undefined, 'http://example.org/none', 'x', 'unknown-system'],
    [undefined, undefined, 'x', 'unknown-system'],
    [VS, ANIMALS, 'cat', 'ok'],
    [VS, ANIMALS, 'bird', 'not-in-value-set'],
    [VS, ANIMALS, 'fish', 'unknown-code'],
    [VS, 'http://example.org/none', 'cat', 'not-in-value-set'],
    [VS, undefined, 'cat', 'unknown-system'],
    ['http://example.org/no-set', ANIMALS, 'cat', 'unknown-value-set'],
  ])('held against %s: %s|%s is %s', (valueSetUrl, system, code, kind) => {
    expect(check(valueSetUrl, system, code).kind).toBe(kind);
  });

  it('may have any display of its code, in any case, and no other', () => {
    for (const display of ['Hep B', 'hep b', 'hepatitis  B vaccine']) {
      expect(check(VACCINES, CVX, '08', display).kind).toBe('ok');
    }
    expect(check(VACCINES, CVX, '08', 'Measles')).toEqual({
      kind: 'wrong-display',
      expected: ['Hep B', 'hepatitis B vaccine'],
    });
  });

  it('with an inactive code is valid', () => {
    for (const valueSetUrl of [undefined, VACCINES]) {
      expect(check(valueSetUrl, CVX, '01')).toMatchObject({ kind: 'ok', inactive: true });
    }
  });

  it('of a system that grows may be new where it is well-formed', () => {
    for (const valueSetUrl of [undefined, VACCINES]) {
      expect(check(valueSetUrl, CVX, '340')).toEqual({ kind: 'unknown-code', system: CVX, mayBeNew: true });
      expect(check(valueSetUrl, CVX, 'hepB')).toEqual({ kind: 'unknown-code', system: CVX, mayBeNew: false });
      expect(check(valueSetUrl, CVX, '8')).toMatchObject({ mayBeNew: false });
    }
  });
});

describe('a code without a system', () => {
  it('is held against every code of the value set', () => {
    expect(terminology.checkCode({ valueSet: VS }, 'cat')).toMatchObject({ kind: 'ok', display: 'Cat' });
    expect(terminology.checkCode({ valueSet: VS }, 'bird').kind).toBe('not-in-value-set');
    expect(terminology.checkCode({ valueSet: 'http://example.org/no-set' }, 'x').kind).toBe('unknown-value-set');
  });
});

describe('a concept', () => {
  const whole = (...coding: object[]) => terminology.checkCodeableConcept({ valueSet: VS }, { coding }).whole.kind;

  it('is as good as its best coding', () => {
    const [cat, bird, fish] = ['cat', 'bird', 'fish'].map((code) => ({ system: ANIMALS, code }));
    expect(whole(bird ?? {}, cat ?? {})).toBe('ok');
    expect(whole(fish ?? {}, bird ?? {})).toBe('not-in-value-set');
    expect(whole({ system: ANIMALS, code: 'cat', display: 'Tiger' }, bird ?? {})).toBe('wrong-display');
  });

  it('without codings is in no value set', () => {
    expect(whole()).toBe('not-in-value-set');
  });
});
