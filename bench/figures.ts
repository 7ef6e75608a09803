/** What was measured as figures for machines, and as a table for people. */
import type { Comparison } from './comparison.ts';
import type { StartUps } from './start-ups.ts';

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The figure of the server by the same figure of the floor; null where the floor has none. */
  readonly ratio: number | null;
}

const figure = (name: string, unit: string, [value, floors]: readonly [number, number | undefined]): Figure => ({
  name,
  value: rounded(value),
  unit,
  ratio: floors === undefined ? null : rounded(value / floors),
});

const rounded = (value: number): number => Number(value.toPrecision(4));

/** Of one shape on one population. */
export function comparisonFigures({ shape, people, jenner, floor }: Comparison): Figure[] {
  const name = `${shape.name}.${people}`;
  const figures = [
    figure(`${name}.throughput`, 'requests/s', [jenner.requestsPerSecond, floor.requestsPerSecond]),
    figure(`${name}.p50`, 'ms', [jenner.p50, floor.p50]),
    figure(`${name}.p99`, 'ms', [jenner.p99, floor.p99]),
    figure(`${name}.bytes`, 'bytes/s', [jenner.bytesPerSecond, floor.bytesPerSecond]),
  ];
  if (jenner.serverCpuMicros !== undefined) {
    figures.push(figure(`${name}.cpu`, 'µs/request', [jenner.serverCpuMicros, floor.serverCpuMicros]));
  }
  return figures;
}

/** How p50 grows from the smallest population to the largest; nothing where there is only one. */
export function growthFigures(comparisons: readonly Comparison[]): Figure[] {
  const bySize = [...comparisons].sort((a, b) => a.people - b.people);
  const [small, large] = [bySize[0], bySize.at(-1)];
  if (!small || !large || small.people === large.people) return [];
  const growth = large.jenner.p50 / small.jenner.p50;
  return [figure(`${small.shape.name}.growth`, 'times p50', [growth, large.floor.p50 / small.floor.p50])];
}

/** @param kind what was there before the start, as part of the name */
export function startFigures(kind: string, jenner: StartUps, floor?: StartUps): Figure[] {
  const figures = [figure(`start.${kind}`, 's', [jenner.seconds, floor?.seconds])];
  if (jenner.residentBytes !== undefined) {
    figures.push(memoryFigure(`memory.${kind}.idle`, jenner.residentBytes, floor?.residentBytes));
  }
  return figures;
}

const MEGABYTE = 1_000_000;

export const memoryFigure = (name: string, bytes: number, floorBytes?: number): Figure =>
  figure(name, 'MB', [bytes / MEGABYTE, floorBytes === undefined ? undefined : floorBytes / MEGABYTE]);

const COLUMNS = [24, 9, 10, 10, 7, 9, 9, 9, 9, 10, 10];
const HEADINGS = 'shape|patients|req/s|floor|ratio|p50 ms|floor|p99 ms|floor|cpu µs|floor';

const row = (cells: readonly string[]): string =>
  cells
    .map((cell, index) => (index === 0 ? cell.padEnd(COLUMNS[0] ?? 0) : cell.padStart(COLUMNS[index] ?? 0)))
    .join('');

export const tableHead = (): string => row(HEADINGS.split('|'));

export function tableRow({ shape, people, jenner, floor }: Comparison): string {
  const fixed = (value: number | undefined, digits: number): string => value?.toFixed(digits) ?? '-';
  return row([
    shape.title,
    String(people),
    fixed(jenner.requestsPerSecond, 0),
    fixed(floor.requestsPerSecond, 0),
    fixed(jenner.requestsPerSecond / floor.requestsPerSecond, 2),
    fixed(jenner.p50, 2),
    fixed(floor.p50, 2),
    fixed(jenner.p99, 1),
    fixed(floor.p99, 1),
    fixed(jenner.serverCpuMicros, 0),
    fixed(floor.serverCpuMicros, 0),
  ]);
}

export const figureLine = ({ name, value, unit, ratio }: Figure): string =>
  `${name}: ${value} ${unit}${ratio === null ? '' : ` (${ratio} of the floor's)`}`;
