/** Forecasts of a whole population: moved on by day and schedule, taken up again, compared between releases. */
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { compareSchedules } from '../../src/forecasts/compare-schedules.ts';
import { dayOf } from '../../src/iis/forecast/calendar.ts';
import { type PopulationRun, recomputePopulation } from '../../src/population.ts';
import { projectRoot } from '../../src/project-root.ts';
import { createSchedules } from '../../src/schedules.ts';
import { putInForce, readRelease, storeRelease } from '../../src/storage/schedule-releases.ts';
import { immunizationsOf, observationsOf, patientOf, testCases } from '../support/forecast-requests.ts';
import { startTestServer, type TestServer } from '../support/jenner.ts';

let server: TestServer;
const some = testCases.filter((_case, index) => index % 20 === 0);
beforeAll(async () => {
  server = await startTestServer({ keepForecasts: true });
  const entry = some.flatMap((testCase) =>
    [patientOf(testCase), ...immunizationsOf(testCase), ...observationsOf(testCase)].map((resource) => ({
      resource,
      request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
    })),
  );
  expect((await server.post('', { resourceType: 'Bundle', type: 'transaction', entry })).status).toBe(200);
  await server.jenner.keeper?.workOff(new AbortController().signal, () => Promise.resolve());
}, 120_000);
afterAll(() => server.close());

const today = dayOf(new Date());
const database = () => server.jenner.database;
const states = () =>
  database()
    .db.collection<{ _id: string; asOf: number; schedule: string; seen: string }>('jenner_forecasts')
    .find()
    .sort({ _id: 1 })
    .toArray();

function run(asOf: number, schedule: string, more: Partial<PopulationRun> = {}) {
  const terms = { asOf, schedule };
  const connection = { root: projectRoot(), uri: inject('mongodbUri'), databaseName: database().db.databaseName };
  return recomputePopulation({
    database: database(),
    terms,
    sweeper: { ...connection, baseUrl: 'http://localhost/fhir', ...terms },
    signal: new AbortController().signal,
    progress: () => undefined,
    threads: 1,
    ...more,
  });
}

const recommendations = async () => {
  const { body } = await server.get('ImmunizationRecommendation?_count=1000');
  return body.entry as { resource: { id: string; meta: { versionId: string }; recommendation: object[] } }[];
};

describe('the forecasts of a population', () => {
  it('stay the same versions where another run comes to the same', async () => {
    const before = await states();
    expect(before).toHaveLength(some.length);
    expect(await run(today, '4.65')).toEqual({ done: some.length, changed: 0, failed: 0, finished: true });
    expect(await states()).toEqual(before);
  });

  it('are stored anew where the day or the schedule changes the answer, and confirmed where it does not', async () => {
    const versions = new Map((await recommendations()).map(({ resource }) => [resource.id, resource.meta.versionId]));
    const later = await run(today + 3650, '4.64');
    expect(later.changed).toBeGreaterThan(0);
    expect((await states()).every(({ asOf, schedule }) => asOf === today + 3650 && schedule === '4.64')).toBe(true);
    await run(today, '4.65');
    const after = await recommendations();
    expect(after).toHaveLength(versions.size);
    const again = await run(today, '4.65');
    expect(again.changed).toBe(0);
  });

  it('are taken up again where they were interrupted', async () => {
    const ending = new AbortController();
    ending.abort();
    const interrupted = await run(today + 1, '4.65', { signal: ending.signal });
    expect(interrupted).toMatchObject({ done: 0, finished: false });
    const shown: [number, number][] = [];
    const resumed = await run(today + 1, '4.65', { progress: (done, total) => shown.push([done, total]) });
    expect(resumed).toMatchObject({ done: some.length, finished: true });
    expect(shown.at(-1)).toEqual([some.length, some.length]);
  });
});

describe('a release of the schedule', () => {
  it('that was imported is there on every server, whole, and in force when it is put there', async () => {
    const root = projectRoot();
    const { readdir, readFile } = await import('node:fs/promises');
    const folder = new URL('data/cdsi/supporting-data/4.65/', root);
    const names = (await readdir(folder)).filter((name) => name.endsWith('.xml'));
    const texts = await Promise.all(names.map((name) => readFile(new URL(encodeURIComponent(name), folder), 'utf8')));
    const schedule = texts[names.indexOf('ScheduleSupportingData.xml')] ?? '';
    const antigens = texts.filter((text) => text !== schedule).map((text) => text.replaceAll('>4 weeks<', '>5 weeks<'));
    await storeRelease(database(), '9.1', { schedule, antigens });
    expect(await readRelease(database(), '9.1')).toEqual({ schedule, antigens });
    const schedules = createSchedules(root, database());
    expect(await schedules.versions()).toEqual(['4.64', '4.65', '9.1']);
    expect((await schedules.schedule('9.1')).version).toBe('9.1');
    expect((await schedules.schedule()).version).toBe('9.1');
    await putInForce(database(), '4.64');
    expect((await createSchedules(root, database()).schedule()).version).toBe('4.64');
  });

  it('is compared with another one: how many of whom it affects, with examples', async () => {
    const schedules = createSchedules(projectRoot(), database());
    const [before, after] = [await schedules.schedule('4.65'), await schedules.schedule('9.1')];
    const same = await compareSchedules(database(), { before, after: before, assessmentDate: today });
    expect(same).toEqual({ people: some.length, affected: 0, groups: [] });
    const { people, affected, groups } = await compareSchedules(database(), { before, after, assessmentDate: today });
    expect(people).toBe(some.length);
    expect(affected).toBeGreaterThan(0);
    expect(groups.length).toBeGreaterThan(0);
    for (const { people: count, doses, examples } of groups) {
      expect(count + doses).toBeGreaterThan(0);
      expect(examples.length).toBe(Math.min(3, count));
      for (const example of examples) expect(example.before).not.toBe(example.after);
    }
  });
});
