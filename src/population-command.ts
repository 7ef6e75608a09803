/** `forecast --population [--schedule <version>]`: puts a schedule in force and makes everybody's forecast anew. */
import { compose } from './compose.ts';
import { ConfigError, loadConfig } from './config.ts';
import { createConsole } from './console.ts';
import { FHIR_PATH } from './http/fhir-path.ts';
import { dayOf } from './iis/forecast/calendar.ts';
import { createLog } from './log.ts';
import { type PopulationTotal, recomputePopulation } from './population.ts';
import { reachDatabase } from './reach-database.ts';
import { createSchedules, knownSchedule } from './schedules.ts';
import { putInForce } from './storage/schedule-releases.ts';

/** Answers 0 where everybody's forecast is made, 1 where some could not be or it was interrupted. */
export async function populationCommand(schedule: string | undefined, root: URL): Promise<number> {
  const config = loadConfig(process.env, root);
  const reached = await reachDatabase(config);
  const baseUrl = config.baseUrl ?? `http://localhost:${config.port}${FHIR_PATH}`;
  const log = createLog(config.logLevel, (line) => process.stderr.write(line));
  try {
    const jenner = await compose({ root, uri: reached.uri, baseUrl, log, keepForecasts: true });
    const started = performance.now();
    const total = await recompute(jenner, { root, uri: reached.uri, baseUrl, schedule }).finally(() => jenner.close());
    process.stdout.write(`${formatTotal(total, (performance.now() - started) / 1000)}\n`);
    return total.finished && total.failed === 0 ? 0 : 1;
  } finally {
    await reached.engine?.stop();
  }
}

interface Task {
  readonly root: URL;
  readonly uri: string;
  readonly baseUrl: string;
  readonly schedule: string | undefined;
}

async function recompute(jenner: Awaited<ReturnType<typeof compose>>, task: Task): Promise<PopulationTotal> {
  const { database, keeper } = jenner;
  if (!keeper) throw new ConfigError('Forecasts are stored only where the database has transactions.');
  const interrupt = new AbortController();
  const stop = () => interrupt.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const { version } = await knownSchedule(createSchedules(task.root, database), task.schedule);
  if (task.schedule !== undefined) await putInForce(database, version);
  const console = createConsole(process.stderr);
  const terms = { asOf: dayOf(new Date()), schedule: version };
  console.step(`Schedule ${version}: forecasts of records that changed, and of patients who have none`);
  await keeper.workOff(interrupt.signal, () => Promise.resolve());
  const { root, uri, baseUrl } = task;
  return recomputePopulation({
    database,
    terms,
    sweeper: { root, uri, baseUrl, databaseName: database.db.databaseName, ...terms },
    signal: interrupt.signal,
    progress: (done, total) => console.progress('Forecasts of the population', done, total),
  });
}

function formatTotal({ done, changed, failed, finished }: PopulationTotal, seconds: number): string {
  const end = finished ? '' : '; interrupted, and taken up again by the same command';
  return `${done} patients in ${seconds.toFixed(1)} s: ${changed} have another forecast, ${failed} could not be made${end}`;
}
