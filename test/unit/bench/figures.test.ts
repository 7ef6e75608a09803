import { describe, expect, it } from 'vitest';
import type { Comparison } from '../../../bench/comparison.ts';
import {
  comparisonFigures,
  figureLine,
  growthFigures,
  startFigures,
  tableHead,
  tableRow,
} from '../../../bench/figures.ts';
import { type Measurement, median, percentile, summarize } from '../../../bench/measurement.ts';
import { SHAPES } from '../../../bench/shapes.ts';

const spell = (latencies: number[], seconds: number, serverCpuSeconds?: number) => ({
  load: { latencies: Float64Array.from(latencies), seconds, bytes: 1000, clientCpuSeconds: 0.5, problems: [] },
  serverCpuSeconds,
});

describe('a measurement', () => {
  it('is of all spells together', () => {
    expect(summarize([spell([1, 2, 3], 1, 0.001), spell([10], 1, 0.003)])).toEqual({
      requests: 4,
      requestsPerSecond: 2,
      p50: 2,
      p99: 10,
      bytesPerSecond: 1000,
      serverCpuMicros: 1000,
      clientLoad: 0.5,
    });
  });

  it('leaves out the processor time that the system does not tell', () => {
    expect(summarize([spell([1], 1, 0.1), spell([1], 1)]).serverCpuMicros).toBeUndefined();
  });

  it('takes percentiles that were measured, not ones in between', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
    expect([percentile(hundred, 0.5), percentile(hundred, 0.99), percentile([5], 0.99)]).toEqual([50, 99, 5]);
    expect(median([9, 1, 5])).toBe(5);
    expect(percentile([], 0.5)).toBeNaN();
  });
});

const measurement = (requestsPerSecond: number, p50: number): Measurement => ({
  requests: 1,
  requestsPerSecond,
  p50,
  p99: p50 * 2,
  bytesPerSecond: 1,
  serverCpuMicros: 100,
  clientLoad: 0.1,
});
const [shape] = SHAPES;
if (!shape) throw new Error('there are shapes');
const comparison = (people: number, p50: number): Comparison => ({
  shape,
  people,
  jenner: measurement(300, p50),
  floor: measurement(400, p50 / 2),
});

describe('the figures', () => {
  it('are those of the server, with its share of the floor', () => {
    expect(comparisonFigures(comparison(1000, 4))).toEqual([
      { name: 'read.1000.throughput', value: 300, unit: 'requests/s', ratio: 0.75 },
      { name: 'read.1000.p50', value: 4, unit: 'ms', ratio: 2 },
      { name: 'read.1000.p99', value: 8, unit: 'ms', ratio: 2 },
      { name: 'read.1000.bytes', value: 1, unit: 'bytes/s', ratio: 1 },
      { name: 'read.1000.cpu', value: 100, unit: 'µs/request', ratio: 1 },
    ]);
  });

  it('tell how p50 grows from the smallest population to the largest', () => {
    const figures = growthFigures([comparison(16000, 5), comparison(4000, 9), comparison(1000, 4)]);
    expect(figures).toEqual([{ name: 'read.growth', value: 1.25, unit: 'times p50', ratio: 1 }]);
  });

  it('tell of no growth where there is one population', () => {
    expect(growthFigures([comparison(1000, 4)])).toEqual([]);
  });

  it('leave out what was not measured', () => {
    const figures = startFigures('embedded', { seconds: 0.5, residentBytes: undefined });
    expect(figures).toEqual([{ name: 'start.embedded', value: 0.5, unit: 's', ratio: null }]);
    expect(figures.map(figureLine)).toEqual(['start.embedded: 0.5 s']);
  });

  it('stand in the table under their headings', () => {
    const [head, row] = [tableHead(), tableRow(comparison(1000, 4))];
    expect(row).toHaveLength(head.length);
    expect(row.slice(0, head.indexOf('req/s') + 5)).toMatch(/^read by id +1000 +300$/);
    expect(row.slice(0, head.indexOf('ratio') + 5)).toMatch(/ 0\.75$/);
  });
});
