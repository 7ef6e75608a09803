/** `npm run bench -- forecast`: the immunization forecast, each figure beside the mark it is held against, in one run. */
import { readFile } from 'node:fs/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { loadSchedule } from '../src/definitions/cdsi-supporting-data.ts';
import { loadDefinitions } from '../src/definitions/load.ts';
import { parseResource } from '../src/fhir/resource-content.ts';
import { keepForecasts } from '../src/forecasts/keep-forecasts.ts';
import { sweepPage } from '../src/forecasts/sweep-forecasts.ts';
import { givenDoses, type TestCase, toForecastInput } from '../src/iis/forecast/conformance/test-case.ts';
import { evaluateAndForecast } from '../src/iis/forecast/evaluate-and-forecast.ts';
import type { ForecastInput } from '../src/iis/forecast/patient.ts';
import type { SupportingData } from '../src/iis/forecast/supporting-data.ts';
import { projectRoot } from '../src/project-root.ts';
import { prepareCollections } from '../src/storage/collections.ts';
import { type Database, openDatabase } from '../src/storage/database.ts';
import { prepareForecastStates } from '../src/storage/forecast-states.ts';
import { update } from '../src/storage/persistence.ts';
import { EVERYTHING } from '../src/storage/reach.ts';
import { createVersionClock } from '../src/storage/version-clock.ts';
import type { Store } from '../src/storage/versions.ts';
import { findBenchEngine, type Say, withDatabase } from './engine.ts';
import { formatRequest, openConnection } from './keep-alive.ts';
import { percentile } from './measurement.ts';
import { processUse, startJenner } from './processes.ts';

const SUITES = ['healthy-v4.45.dev.json', 'underlying-conditions-v4.6.dev.json'];
const DATABASE = 'jenner_bench_forecast';
const CLIENTS = 16;
/** Times that all cases are run: to warm up, and then to measure. */
const WARM_UP = 4;
const ROUNDS = 6;
const MEGABYTE = 1e6;

export async function benchForecast(say: Say): Promise<void> {
  const root = projectRoot();
  const before = collectedHeap();
  const schedule = await loadSchedule(root, '4.65');
  const cases = await readCases(root);
  const inputs = cases.map(toForecastInput);
  const bare = benchEngine(inputs, schedule, say);
  tell(say, 'memory of the engine with its data', (collectedHeap() - before) / MEGABYTE, 'MB', 'below 60');
  const engine = await findBenchEngine(say);
  try {
    await benchPopulation({ root, uri: engine.uri, cases, schedule, bare, say });
    await benchOperation({ root, uri: withDatabase(engine.uri, DATABASE), cases, say });
  } finally {
    const database = await openDatabase(engine.uri, DATABASE);
    await database.db.dropDatabase();
    await database.close();
    await engine.stop();
  }
}

const tell = (say: Say, what: string, value: number, unit: string, mark: string): void =>
  say(`${what.padEnd(62)} ${value.toFixed(value < 10 ? 2 : 0).padStart(8)} ${unit}  (${mark})`);

/** The collector is asked for by a flag, which may be set while the process runs. */
const collect = (() => {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
})();

function collectedHeap(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

async function readCases(root: URL): Promise<readonly TestCase[]> {
  const texts = await Promise.all(
    SUITES.map((file) => readFile(new URL(`data/cdsi/test-cases/${file}`, root), 'utf8')),
  );
  return texts.flatMap((text) => (JSON.parse(text) as { readonly cases: readonly TestCase[] }).cases);
}

/** @returns processor seconds of one forecast */
function benchEngine(inputs: readonly ForecastInput[], schedule: SupportingData, say: Say): number {
  const all = (measured: number[]) => {
    for (const input of inputs) {
      const started = performance.now();
      evaluateAndForecast(input, schedule);
      measured.push(performance.now() - started);
    }
  };
  for (let round = 0; round < WARM_UP; round += 1) all([]);
  const milliseconds: number[] = [];
  const cpu = process.cpuUsage();
  for (let round = 0; round < ROUNDS; round += 1) all(milliseconds);
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (user + system) / 1e6 / milliseconds.length;
  const sorted = milliseconds.toSorted((a, b) => a - b);
  tell(say, 'full forecasts a second of one core', 1 / seconds, '/s', 'at least 2,000');
  tell(say, '99th percentile of a forecast, by the clock', percentile(sorted, 0.99), 'ms', 'below 3');
  return seconds;
}

const patientOf = ({ id, dob, gender }: TestCase) => ({
  resourceType: 'Patient',
  id: id.trim(),
  birthDate: dob,
  gender: gender === 'F' ? 'female' : 'male',
});

const dosesOf = (testCase: TestCase) =>
  givenDoses(testCase).map(({ number, cvx, dateAdministered }) => ({
    resourceType: 'Immunization',
    id: `${testCase.id.trim()}-${number}`,
    status: 'completed',
    vaccineCode: { coding: [{ system: 'http://hl7.org/fhir/sid/cvx', code: cvx }] },
    patient: { reference: `Patient/${testCase.id.trim()}` },
    occurrenceDateTime: dateAdministered,
  }));

interface PopulationBench {
  readonly root: URL;
  readonly uri: string;
  readonly cases: readonly TestCase[];
  readonly schedule: SupportingData;
  /** Processor seconds of one forecast by the bare engine. */
  readonly bare: number;
  readonly say: Say;
}

async function benchPopulation({ root, uri, cases, schedule, bare, say }: PopulationBench): Promise<void> {
  const definitions = await loadDefinitions(root);
  const database = await openDatabase(uri, DATABASE);
  try {
    await prepare(database, definitions);
    const clock = createVersionClock(Date.now);
    const store: Store = { database, definitions, clock, baseUrl: 'http://localhost/fhir', reach: EVERYTHING };
    await fill(store, cases);
    const terms = { schedule, assessmentDate: 20_779 };
    const ids = cases.map(({ id }) => id.trim());
    for (let at = 0; at < ids.length; at += 20) await keepForecasts(store, ids.slice(at, at + 20), terms);
    const run = async () => {
      let done = 0;
      for (let after: string | undefined = ''; after !== undefined; ) {
        const page = await sweepPage({ store, terms, after, everyone: true, failed: () => undefined });
        done += page.done;
        after = page.last;
      }
      return done;
    };
    for (let round = 0; round < WARM_UP; round += 1) await run();
    const cpu = process.cpuUsage();
    let done = 0;
    for (let round = 0; round < ROUNDS; round += 1) done += await run();
    const { user, system } = process.cpuUsage(cpu);
    const each = (user + system) / 1e6 / done;
    tell(
      say,
      'population: processor time for a person',
      each * 1000,
      'ms',
      `the bare engine: ${(bare * 1000).toFixed(2)} ms`,
    );
    tell(say, 'population by the bare engine', each / bare, 'x', 'at most 1.10; an embedded engine is in this process');
  } finally {
    await database.close();
  }
}

async function prepare(database: Database, definitions: Parameters<typeof prepareCollections>[1]): Promise<void> {
  await database.db.dropDatabase();
  await prepareCollections(database, definitions);
  await prepareForecastStates(database);
}

async function fill(store: Store, cases: readonly TestCase[]): Promise<void> {
  for (const resource of cases.flatMap((testCase) => [patientOf(testCase), ...dosesOf(testCase)])) {
    const { resourceType, id } = resource;
    await update(store, { resourceType, id }, parseResource(JSON.stringify(resource)));
  }
}

interface OperationBench {
  readonly root: URL;
  readonly uri: string;
  readonly cases: readonly TestCase[];
  readonly say: Say;
}

/** `$immds-forecast` of the system, by clients on this machine. */
async function benchOperation({ root, uri, cases, say }: OperationBench): Promise<void> {
  const server = await startJenner({ root, environment: { MONGODB_URI: uri, JENNER_FORECAST: 'off' } });
  const bodies = cases.map(requestBody);
  try {
    await drive(server.port, bodies, WARM_UP);
    const before = processUse(server.pid)?.cpuSeconds ?? Number.NaN;
    const started = performance.now();
    await drive(server.port, bodies, ROUNDS);
    const cpu = ((processUse(server.pid)?.cpuSeconds ?? Number.NaN) - before) / (bodies.length * ROUNDS);
    tell(say, '$immds-forecast: processor time of the server for a request', cpu * 1000, 'ms', 'below 1.25 for 800/s');
    const rate = (bodies.length * ROUNDS) / ((performance.now() - started) / 1000);
    tell(say, '$immds-forecast over HTTP, by 16 clients on this machine', rate, '/s', 'at least 800 on two cores');
  } finally {
    await server.stop();
  }
}

const requestBody = (testCase: TestCase): string =>
  JSON.stringify({
    resourceType: 'Parameters',
    parameter: [
      { name: 'assessmentDate', valueDate: testCase.assessmentDate },
      { name: 'patient', resource: patientOf(testCase) },
      ...dosesOf(testCase).map((resource) => ({ name: 'immunization', resource })),
    ],
  });

async function drive(port: number, bodies: readonly string[], rounds: number): Promise<void> {
  let next = 0;
  const last = bodies.length * rounds;
  const client = async () => {
    const connection = await openConnection(port);
    for (let at = next++; at < last; at = next++) {
      const body = bodies[at % bodies.length] ?? '';
      const { status } = await connection.exchange(formatRequest({ method: 'POST', path: '/$immds-forecast', body }));
      if (status !== 200) throw new Error(`$immds-forecast was answered with ${status}`);
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
}
