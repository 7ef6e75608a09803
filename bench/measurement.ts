/** What a server did under one shape of load, put together from several spells. */
import type { LoadResult } from './load.ts';

/** One spell of load and what the server took for it. */
export interface Spell {
  readonly load: LoadResult;
  /** Processor time of the server, in seconds; undefined where the system doesn't tell. */
  readonly serverCpuSeconds: number | undefined;
}

export interface Measurement {
  readonly requests: number;
  readonly requestsPerSecond: number;
  /** In milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Of bodies. */
  readonly bytesPerSecond: number;
  /** Processor time of the server for one request, in microseconds. */
  readonly serverCpuMicros: number | undefined;
  /** The share of one processor that the clients took, 0 to 1. */
  readonly clientLoad: number;
}

/** @param spells at least one, with at least one request */
export function summarize(spells: readonly Spell[]): Measurement {
  const total = (of: (spell: Spell) => number): number => spells.reduce((sum, spell) => sum + of(spell), 0);
  const latencies = Float64Array.from(spells.flatMap(({ load }) => [...load.latencies])).sort();
  const seconds = total(({ load }) => load.seconds);
  const serverCpu = total(({ serverCpuSeconds }) => serverCpuSeconds ?? Number.NaN);
  return {
    requests: latencies.length,
    requestsPerSecond: latencies.length / seconds,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    bytesPerSecond: total(({ load }) => load.bytes) / seconds,
    serverCpuMicros: Number.isNaN(serverCpu) ? undefined : (serverCpu / latencies.length) * 1e6,
    clientLoad: total(({ load }) => load.clientCpuSeconds) / seconds,
  };
}

/** The value that the share `rank` of the sorted values does not exceed. NaN where there are none. */
export function percentile(sorted: ArrayLike<number>, rank: number): number {
  const index = Math.ceil(sorted.length * rank) - 1;
  return sorted[Math.max(0, index)] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return percentile(
    [...values].sort((a, b) => a - b),
    0.5,
  );
}
