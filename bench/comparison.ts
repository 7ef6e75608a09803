/** Runs the shapes on the server and on the floor by turns, so that whatever else the machine does falls on both. */
import { type Measurement, type Spell, summarize } from './measurement.ts';
import { type LoadGenerator, processUse, type ServerProcess } from './processes.ts';
import { compareAnswers } from './same-answers.ts';
import { CEILING, type Shape } from './shapes.ts';

/** The two servers on one population. */
export interface Contestants {
  readonly people: number;
  readonly jenner: ServerProcess;
  readonly floor: ServerProcess;
}

export interface Comparison {
  readonly shape: Shape;
  readonly people: number;
  readonly jenner: Measurement;
  readonly floor: Measurement;
}

export interface Course {
  readonly generator: LoadGenerator;
  readonly clients: number;
  readonly seconds: number;
  readonly rounds: number;
}

/** Before anything counts, code has to be compiled, which takes some thousand requests, and pages to be in memory. */
const WARM_UP = { seconds: 1, requests: 3000, spells: 6 } as const;

/** One shape on every population. @throws Error where an answer is wrong: errors must not count as speed. */
export async function compareOn(
  shape: Shape,
  contestants: readonly Contestants[],
  course: Course,
): Promise<Comparison[]> {
  for (const { people, jenner, floor } of contestants) {
    await compareAnswers(shape, people, [jenner.port, floor.port]);
    for (const server of [jenner, floor]) await warmUp(server, { shape, people, seed: 0 }, course);
  }
  const pairs = contestants.map((pair) => ({ pair, jenner: [] as Spell[], floor: [] as Spell[] }));
  for (let round = 1; round <= course.rounds; round++) {
    for (const { pair, jenner, floor } of pairs) {
      const load = { shape, people: pair.people, seed: round };
      jenner.push(await spell(pair.jenner, load, course));
      floor.push(await spell(pair.floor, load, course));
    }
  }
  return pairs.map(({ pair, jenner, floor }) => ({
    shape,
    people: pair.people,
    jenner: summarize(jenner),
    floor: summarize(floor),
  }));
}

/** What the clients can take from a server that only sends bytes. */
export async function measureCeiling({ floor, people }: Contestants, course: Course): Promise<Measurement> {
  const load = { shape: CEILING, people, seed: 0 };
  await warmUp(floor, load, course);
  return summarize([await spell(floor, load, course)]);
}

interface Load {
  readonly shape: Shape;
  readonly people: number;
  readonly seed: number;
}

async function warmUp(server: ServerProcess, load: Load, course: Course): Promise<void> {
  let requests = 0;
  for (let count = 0; count < WARM_UP.spells && requests < WARM_UP.requests; count++) {
    requests += (await spell(server, load, { ...course, seconds: WARM_UP.seconds })).load.latencies.length;
  }
}

async function spell(server: ServerProcess, { shape, people, seed }: Load, course: Course): Promise<Spell> {
  const { generator, clients, seconds } = course;
  const before = processUse(server.pid);
  const load = await generator.run({ port: server.port, shape: shape.name, people, clients, seconds, seed });
  const after = processUse(server.pid);
  if (load.problems.length > 0) throw new Error(`wrong answers to ${shape.title}:\n${load.problems.join('\n')}`);
  if (load.latencies.length === 0) throw new Error(`no request of ${shape.title} was answered in ${seconds} s`);
  return { load, serverCpuSeconds: before && after && after.cpuSeconds - before.cpuSeconds };
}
