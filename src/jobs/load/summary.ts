/** What a load did: counts, and what was refused and why, in words for people (FHIR R4, operationoutcome.html). */

import { formatPosition, type Refusal, type SourcePosition } from './unit.ts';

/** Refusals for the same reason. */
export interface RefusalGroup {
  /** The first refusal's own words; the others differ in names, ids and numbers only. */
  readonly why: string;
  readonly resources: number;
  /** The first few places, in the order in which they were refused. */
  readonly positions: readonly SourcePosition[];
}

export interface LoadSummary {
  readonly written: number;
  readonly unchanged: number;
  readonly refused: number;
  readonly refusals: readonly RefusalGroup[];
  readonly seconds: number;
  /** Resources written or found unchanged per second. */
  readonly resourcesPerSecond: number;
  /** Why the load ended early, if it did. */
  readonly stopped?: string;
}

/** Collects refusals in groups, the first `listed` places of each. */
export interface RefusalList {
  add(refusal: Refusal): void;
  groups(): readonly RefusalGroup[];
}

/** An empty list of refusals. Its size is bounded by the number of different reasons, not of refusals. */
export function createRefusalList(listed: number): RefusalList {
  const groups = new Map<string, { why: string; resources: number; positions: SourcePosition[] }>();
  return {
    add({ why, resources, position }) {
      const key = likeness(why);
      const group = groups.get(key) ?? { why, resources: 0, positions: [] };
      groups.set(key, group);
      group.resources += resources;
      if (group.positions.length < listed) group.positions.push(position);
    },
    groups: () => [...groups.values()].sort((a, b) => b.resources - a.resources),
  };
}

/** The same for reasons that differ only in quoted names, references, ids and numbers. */
const likeness = (why: string): string =>
  why.replace(/"[^"]*"|[A-Z][A-Za-z]+\/[A-Za-z0-9.-]+|[0-9a-f]{8}-[0-9a-f-]{27}|\d+/g, '…');

const thousands = new Intl.NumberFormat('en-US');

/** `1,234 resources`, `1 resource` */
export const countOf = (count: number): string =>
  `${thousands.format(count)} ${count === 1 ? 'resource' : 'resources'}`;

/** The summary as lines for the console. */
export function formatSummary(summary: LoadSummary): string {
  const { written, unchanged, refused, seconds, resourcesPerSecond, stopped } = summary;
  const rate = `${thousands.format(Math.round(resourcesPerSecond))} per second`;
  return [
    `${countOf(written)} written, ${thousands.format(unchanged)} unchanged, ${thousands.format(refused)} refused ` +
      `in ${seconds.toFixed(1)} s (${rate})`,
    ...summary.refusals.flatMap(formatGroup),
    ...(stopped ? [`Stopped early: ${stopped}. Run the same command again to go on; nothing is loaded twice.`] : []),
  ].join('\n');
}

function formatGroup({ why, resources, positions }: RefusalGroup): readonly string[] {
  const rest = resources > positions.length ? ['  …'] : [];
  return [`${countOf(resources)} refused: ${why}`, ...positions.map((at) => `  ${formatPosition(at)}`), ...rest];
}
