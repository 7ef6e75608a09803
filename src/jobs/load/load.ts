/** The loading job: submits units with bounded concurrency and sums up what became of them (FHIR R4, http.html#transaction). */

import { FhirError } from '../../fhir/error.ts';
import { createLanes, type Lanes } from './lanes.ts';
import type { ProgressSink } from './progress.ts';
import type { LoadSummary } from './summary.ts';
import { createTally, type Tally } from './tally.ts';
import type { LoadInput, LoadUnit, Refusal } from './unit.ts';

/** What became of one entry. */
export type EntryOutcome =
  | { readonly kind: 'written' | 'unchanged' }
  | { readonly kind: 'refused'; readonly why: string };

/** What became of a unit: one outcome per entry, in its order. */
export interface UnitOutcome {
  readonly entries: readonly EntryOutcome[];
}

export interface LoadJob {
  readonly input: LoadInput;
  /**
   * Writes a unit. Throwing a `FhirError` below 500 refuses the whole unit; any other error (the database is gone)
   * stops the load.
   */
  readonly submit: (unit: LoadUnit) => Promise<UnitOutcome>;
  readonly progress?: ProgressSink;
  /** Units in flight at a time, 4 unless told. */
  readonly concurrency?: number;
  /** Ends the load after the units in flight. */
  readonly signal?: AbortSignal;
  /** The time in milliseconds. */
  readonly now?: () => number;
  /** Places listed for each reason of refusal, 5 unless told. */
  readonly listed?: number;
}

/** A refused unit that waits for its second attempt, with the refusals of the first. */
interface Postponed {
  readonly unit: LoadUnit;
  readonly refusals: readonly Refusal[];
}

interface Run {
  readonly job: LoadJob;
  readonly lanes: Lanes;
  readonly tally: Tally;
  readonly postponed: Postponed[];
  postponedCharacters: number;
  stopped: string | undefined;
}

/** Up to this many characters of refused resources are kept for the second attempt. */
const MAX_POSTPONED_CHARACTERS = 32_000_000;

/** Loads everything of the input. What is refused is tried once more at the end: what it refers to may come later. */
export async function load(job: LoadJob): Promise<LoadSummary> {
  const { concurrency = 4, now = Date.now, listed = 5, progress } = job;
  const lanes = createLanes(concurrency);
  const tally = createTally({ now, listed });
  const run: Run = { job, lanes, tally, postponed: [], postponedCharacters: 0, stopped: undefined };
  try {
    await submitAll(run);
    await submitPostponed(run);
  } finally {
    progress?.stop();
  }
  return tally.summary(run.stopped);
}

async function submitAll(run: Run): Promise<void> {
  for await (const item of run.job.input.items) {
    if (isStopped(run)) break;
    if (item.kind === 'refusal') run.tally.refuse(item.refusal);
    if (item.kind === 'unit') await start(run, item.unit, () => submitFirst(run, item.unit, item.bytes));
    else advance(run, item.bytes);
  }
  await run.lanes.idle();
}

async function submitFirst(run: Run, unit: LoadUnit, bytes: number): Promise<void> {
  const rest = await submitOnce(run, unit);
  if (rest) postpone(run, rest);
  advance(run, bytes);
}

async function submitPostponed(run: Run): Promise<void> {
  for (const postponed of run.postponed) {
    if (isStopped(run) || !run.tally.hasWritten()) postponed.refusals.forEach(run.tally.refuse);
    else await start(run, postponed.unit, () => submitAgain(run, postponed));
  }
  await run.lanes.idle();
}

async function submitAgain(run: Run, { unit, refusals }: Postponed): Promise<void> {
  const rest = await submitOnce(run, unit);
  const final = run.stopped === undefined ? (rest?.refusals ?? []) : refusals;
  final.forEach(run.tally.refuse);
  advance(run, 0);
}

/** Units that write the same resource keep their order, so that the last one wins on every run. */
const start = (run: Run, unit: LoadUnit, task: () => Promise<void>): Promise<void> =>
  run.lanes.start(
    unit.entries.map(({ request }) => request.url),
    task,
  );

function advance({ job, tally }: Run, bytes: number): void {
  tally.advance(bytes);
  job.progress?.update(tally.progress(job.input.totalBytes));
}

function isStopped(run: Run): boolean {
  if (run.job.signal?.aborted) run.stopped ??= 'interrupted';
  return run.stopped !== undefined;
}

function postpone(run: Run, rest: Postponed): void {
  run.postponedCharacters += rest.unit.entries.reduce((sum, { text }) => sum + text.length, 0);
  if (run.postponedCharacters <= MAX_POSTPONED_CHARACTERS) run.postponed.push(rest);
  else rest.refusals.forEach(run.tally.refuse);
}

/** Submits a unit, counts what was taken and answers what was refused. */
async function submitOnce(run: Run, unit: LoadUnit): Promise<Postponed | undefined> {
  const answer = await answerOf(run.job.submit, unit);
  if (typeof answer === 'string') {
    run.stopped ??= answer;
    return undefined;
  }
  for (const outcome of answer.entries) if (outcome.kind !== 'refused') run.tally.count(outcome.kind);
  return refusedPart(unit, answer);
}

/** The outcomes, or why nothing more can be submitted. */
async function answerOf(submit: LoadJob['submit'], unit: LoadUnit): Promise<UnitOutcome | string> {
  try {
    const outcome = await submit(unit);
    if (outcome.entries.length === unit.entries.length) return outcome;
    return `${outcome.entries.length} outcomes came back for ${unit.entries.length} entries`;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    if (!(error instanceof FhirError) || error.status >= 500) return why;
    return { entries: unit.entries.map(() => ({ kind: 'refused', why })) };
  }
}

function refusedPart(unit: LoadUnit, outcome: UnitOutcome): Postponed | undefined {
  const refused = unit.entries.flatMap((entry, index) => {
    const result = outcome.entries[index];
    return result?.kind === 'refused' ? [{ entry, why: result.why }] : [];
  });
  const [first] = refused;
  if (!first) return undefined;
  if (unit.atomic) {
    const refusal = { position: first.entry.position, why: first.why, resources: unit.entries.length };
    return { unit, refusals: [refusal] };
  }
  const refusals = refused.map(({ entry, why }) => ({ position: entry.position, why, resources: 1 }));
  return { unit: { atomic: false, entries: refused.map(({ entry }) => entry) }, refusals };
}
