/** One run: the database, its populations, the two servers on each, then every shape on all of them. */
import { rm } from 'node:fs/promises';
import { type Definitions, loadDefinitions } from '../src/definitions/load.ts';
import { projectRoot } from '../src/project-root.ts';
import { openDatabase } from '../src/storage/database.ts';
import { type Comparison, type Contestants, type Course, compareOn, measureCeiling } from './comparison.ts';
import { deepPageFigures } from './deep-page.ts';
import { type BenchEngine, findBenchEngine, newFolder, type Say, withDatabase } from './engine.ts';
import {
  comparisonFigures,
  type Figure,
  figureLine,
  growthFigures,
  memoryFigure,
  startFigures,
  tableHead,
  tableRow,
} from './figures.ts';
import type { BenchOptions } from './options.ts';
import { processUse, startFloor, startJenner, startLoadGenerator } from './processes.ts';
import { measureStartUps } from './start-ups.ts';
import { fill, isFilled } from './stored-population.ts';

const databaseName = (people: number): string => `jenner_bench_${people}`;

/** @param say where to report what is done and found, line by line */
export async function runBench(options: BenchOptions, say: Say): Promise<readonly Figure[]> {
  const engine = await findBenchEngine(say);
  say(`Database: ${engine.title}`);
  try {
    const definitions = await loadDefinitions(projectRoot());
    for (const people of options.people) await prepare(engine, definitions, { people, keep: options.keep, say });
    const figures = [...(await race(engine, options, say)), ...(await startAndIdle(engine, options))];
    say('');
    for (const figure of figures.filter(({ name }) => /growth|start|memory|page-/.test(name))) say(figureLine(figure));
    if (!options.keep) await dropAll(engine, options.people);
    return figures;
  } finally {
    await engine.stop();
  }
}

interface Preparation {
  readonly people: number;
  readonly keep: boolean;
  readonly say: Say;
}

async function prepare(
  engine: BenchEngine,
  definitions: Definitions,
  { people, keep, say }: Preparation,
): Promise<void> {
  const database = await openDatabase(engine.uri, databaseName(people));
  try {
    if (keep && (await isFilled(database))) return;
    await database.db.dropDatabase();
    const started = performance.now();
    await fill(database, definitions, people);
    say(`Stored ${people} patients with ten doses each in ${((performance.now() - started) / 1000).toFixed(1)} s.`);
  } finally {
    await database.close();
  }
}

async function dropAll(engine: BenchEngine, sizes: readonly number[]): Promise<void> {
  for (const people of sizes) {
    const database = await openDatabase(engine.uri, databaseName(people));
    await database.db.dropDatabase();
    await database.close();
  }
}

async function race(engine: BenchEngine, options: BenchOptions, say: Say): Promise<Figure[]> {
  const generator = startLoadGenerator();
  const contestants: Contestants[] = [];
  try {
    for (const people of options.people) contestants.push(await startContestants(engine, people, options));
    const course = { ...options, generator };
    await sayCeiling(contestants, course, say);
    const comparisons: Comparison[][] = [];
    say(`\n${tableHead()}`);
    for (const shape of options.shapes) {
      const compared = await compareOn(shape, contestants, course);
      for (const comparison of compared) say(tableRow(comparison));
      comparisons.push(compared);
    }
    const figures = comparisons.flatMap((compared) => [
      ...compared.flatMap(comparisonFigures),
      ...growthFigures(compared),
    ]);
    const deep: Figure[] = [];
    if (options.shapes.some(({ name }) => name === 'page')) {
      for (const { people, jenner } of contestants) deep.push(...(await deepPageFigures(jenner.port, people)));
    }
    return [...figures, ...deep, ...contestants.flatMap(loadedMemory)];
  } finally {
    generator.stop();
    for (const { jenner, floor } of contestants) await Promise.all([jenner.stop(), floor.stop()]);
  }
}

async function startContestants(engine: BenchEngine, people: number, { profile }: BenchOptions): Promise<Contestants> {
  const uri = withDatabase(engine.uri, databaseName(people));
  const jenner = await startJenner({
    root: projectRoot(),
    // A population is written without forecasts: making them all in the background would be measured with every shape.
    environment: { MONGODB_URI: uri, JENNER_FORECAST: 'off' },
    profileDirectory: profile,
  });
  return { people, jenner, floor: await startFloor(uri) };
}

async function sayCeiling(contestants: readonly Contestants[], course: Course, say: Say): Promise<void> {
  const [first] = contestants;
  if (!first) return;
  const { requestsPerSecond, clientLoad } = await measureCeiling(first, course);
  const share = Math.round(clientLoad * 100);
  say(
    `Clients: ${requestsPerSecond.toFixed(0)} answers/s from a server that only sends 1.5 kB, at ${share} % of a core.`,
  );
}

function loadedMemory({ people, jenner, floor }: Contestants): Figure[] {
  const [ours, floors] = [processUse(jenner.pid), processUse(floor.pid)];
  return ours ? [memoryFigure(`memory.after-load.${people}`, ours.residentBytes, floors?.residentBytes)] : [];
}

/** With a database that runs already, and where the engine is ours also with the server's own on its own folder. */
async function startAndIdle(engine: BenchEngine, { starts, people }: BenchOptions): Promise<Figure[]> {
  if (starts === 0) return [];
  const root = projectRoot();
  const uri = withDatabase(engine.uri, databaseName(people[0] ?? 0));
  const beside = await measureStartUps(() => startJenner({ root, environment: { MONGODB_URI: uri } }), starts);
  const floor = await measureStartUps(() => startFloor(uri), starts);
  const figures = startFigures('database-running', beside, floor);
  if (!engine.isOurs) return figures;
  const folder = await newFolder();
  const startEmbedded = () => startJenner({ root, environment: { JENNER_DATA_DIR: folder } });
  try {
    // The first one makes the database.
    await (await startEmbedded()).stop();
    return [...figures, ...startFigures('embedded', await measureStartUps(startEmbedded, starts))];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
