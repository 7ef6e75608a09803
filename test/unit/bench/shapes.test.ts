import { describe, expect, it } from 'vitest';
import { drawFrom } from '../../../bench/random.ts';
import { contentProblem, problemOf, SHAPES } from '../../../bench/shapes.ts';

const shape = (name: string) => {
  const found = SHAPES.find((one) => one.name === name);
  if (!found) throw new Error(`no shape ${name}`);
  return found;
};

describe('the shapes', () => {
  it('ask for someone else each time, and for the same ones in every run', () => {
    const paths = (seed: number) => {
      const draw = drawFrom(seed);
      return Array.from({ length: 50 }, () => shape('read').request(draw, 1000).path);
    };
    expect(new Set(paths(1)).size).toBeGreaterThan(45);
    expect(paths(1)).toEqual(paths(1));
    expect(paths(1)).not.toEqual(paths(2));
  });

  it('post a transaction of one patient and ten doses that refer to it', () => {
    const { body } = shape('transaction').request(drawFrom(1), 1000);
    const bundle = JSON.parse(body ?? '');
    expect(bundle.entry).toHaveLength(11);
    const [first, ...doses] = bundle.entry;
    expect(first.resource.resourceType).toBe('Patient');
    expect(
      doses.map((entry: { resource: { patient: { reference: string } } }) => entry.resource.patient.reference),
    ).toEqual(Array(10).fill(first.fullUrl));
  });

  it('tell an error from an answer', () => {
    const { expectation } = shape('read').request(drawFrom(1), 1000);
    expect(problemOf(expectation, 200, `{${expectation.text}}`)).toBeUndefined();
    expect(problemOf(expectation, 500, `{${expectation.text}}`)).toContain('status 500');
    expect(problemOf(expectation, 200, '{"id":"another"}')).toContain('another');
  });

  it('tell a page that is not full, and a search that found nothing', () => {
    const page = (entries: number) => JSON.stringify({ entry: Array(entries).fill({}) });
    const full = shape('page').request(drawFrom(1), 1000).expectation;
    expect(contentProblem(full, page(50))).toBeUndefined();
    expect(contentProblem(full, page(49))).toBe('49 entries instead of 50');
    const found = shape('patient').request(drawFrom(1), 1000).expectation;
    expect(contentProblem(found, page(1))).toBeUndefined();
    expect(contentProblem(found, '{}')).toBe('0 entries instead of some');
  });
});
