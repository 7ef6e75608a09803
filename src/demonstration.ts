/** Fills an empty database with the demonstration jurisdiction, once; a load that was cut off is taken up again. */
import { OPEN_ACCESS } from './auth/access-context.ts';
import type { Jenner } from './compose.ts';
import type { Console } from './console.ts';
import { demonstrationBundles } from './jobs/demo/demonstration.ts';
import { load } from './jobs/load/load.ts';
import { consoleProgress } from './jobs/load/progress.ts';
import { submitThrough } from './jobs/load/submit-unit.ts';
import { formatSummary } from './jobs/load/summary.ts';

interface DemonstrationRecord {
  readonly _id: 'demonstration';
  readonly state: 'loading' | 'loaded';
}

/** A person of the demonstration to try things with. */
export interface ExamplePatient {
  readonly id: string;
  readonly family: string;
}

/** Answers a patient to try things with, where the demonstration is in the database. */
export async function loadDemonstration(
  jenner: Jenner,
  options: { readonly root: URL; readonly baseUrl: string; readonly console: Console },
): Promise<ExamplePatient | undefined> {
  const records = jenner.database.db.collection<DemonstrationRecord>('jenner_demonstration');
  const state = (await records.findOne({ _id: 'demonstration' }))?.state;
  if (state === undefined && (await hasPatients(jenner))) return undefined;
  if (state !== 'loaded') {
    await records.updateOne({ _id: 'demonstration' }, { $set: { state: 'loading' } }, { upsert: true });
    await fill(jenner, options);
    await records.updateOne({ _id: 'demonstration' }, { $set: { state: 'loaded' } });
  }
  return examplePatient(jenner);
}

const hasPatients = async ({ database }: Jenner): Promise<boolean> =>
  (await database.current('Patient').findOne({}, { projection: { _id: 1 } })) !== null;

async function fill(
  { perform }: Jenner,
  { root, baseUrl, console }: { readonly root: URL; readonly baseUrl: string; readonly console: Console },
): Promise<void> {
  console.step('Loading the demonstration jurisdiction (synthetic people only)');
  const summary = await load({
    input: await demonstrationBundles(root),
    submit: submitThrough(perform, { access: OPEN_ACCESS, baseUrl }),
    progress: consoleProgress({ stream: process.stdout, title: '- Demonstration data' }),
  });
  console.step(formatSummary(summary));
  if (summary.stopped !== undefined) throw new Error(`The demonstration data could not be loaded: ${summary.stopped}`);
}

/** The patient of the newest dose: one who has something to show. */
async function examplePatient({ database }: Jenner): Promise<ExamplePatient | undefined> {
  const doses = database.current('Immunization').find({ del: null } as object, { projection: { c: 1 } });
  const [dose] = await doses.sort({ 's_date.lo': -1, _id: 1 }).limit(1).toArray();
  const id = dose?.c[0]?.replace('Patient/', '');
  const patient = id === undefined ? null : await database.current('Patient').findOne({ _id: id });
  const { name } = JSON.parse(patient?.body ?? '{}') as { name?: readonly { family?: string }[] };
  const family = name?.[0]?.family;
  return id && family ? { id, family } : undefined;
}
