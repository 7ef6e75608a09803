/** The releases of CDC's schedule: those that come with this software and those that were imported (docs/forecast.md). */
import { ConfigError } from './config.ts';
import { compareVersions, listSchedules, loadSchedule } from './definitions/cdsi-supporting-data.ts';
import { badValue } from './fhir/error.ts';
import { compileSupportingData } from './iis/forecast/compile/supporting-data.ts';
import type { SupportingData } from './iis/forecast/supporting-data.ts';
import type { Database } from './storage/database.ts';
import { importedVersions, readRelease, versionInForce } from './storage/schedule-releases.ts';

export interface Schedules {
  /** The release of that version, or the one in force. @throws FhirError 400 where there is no such release */
  schedule(version?: string): Promise<SupportingData>;
  /** Every version there is, oldest first. */
  versions(): Promise<readonly string[]>;
}

/** How long another server may go on with what was in force before, in milliseconds. */
const RECHECK_MS = 5000;

/** Each release is compiled once. */
export function createSchedules(root: URL, database: Database): Schedules {
  const compiled = new Map<string, Promise<SupportingData>>();
  let current: { readonly version: Promise<string>; readonly until: number } | undefined;
  const versions = () => allVersions(root, database);
  const load = (version: string) => {
    const known = compiled.get(version);
    if (known) return known;
    const loading = loadVersion(version, root, database);
    compiled.set(version, loading);
    loading.catch(() => compiled.delete(version));
    return loading;
  };
  const inForce = () => {
    if (current && Date.now() < current.until) return current.version;
    const version = currentVersion(versions, database);
    version.catch(() => {
      current = undefined;
    });
    current = { version, until: Date.now() + RECHECK_MS };
    return version;
  };
  return { versions, schedule: async (version) => load(version ?? (await inForce())) };
}

/** The same for the command line. @throws ConfigError naming the versions there are */
export async function knownSchedule(schedules: Schedules, version: string | undefined): Promise<SupportingData> {
  const versions = await schedules.versions();
  if (version === undefined || versions.includes(version)) return schedules.schedule(version);
  throw new ConfigError(`There is no schedule ${version}; there are ${versions.join(', ')}.`);
}

async function allVersions(root: URL, database: Database): Promise<readonly string[]> {
  const known = [...(await listSchedules(root)), ...(await importedVersions(database))];
  return [...new Set(known)].toSorted(compareVersions);
}

/** The one that an operator put in force, or the newest. */
async function currentVersion(versions: () => Promise<readonly string[]>, database: Database): Promise<string> {
  return (await versionInForce(database)) ?? (await versions()).at(-1) ?? '';
}

/** An imported release goes before one that comes with the software. */
async function loadVersion(version: string, root: URL, database: Database): Promise<SupportingData> {
  const files = await readRelease(database, version);
  if (files) return compileSupportingData({ version, ...files });
  if ((await listSchedules(root)).includes(version)) return loadSchedule(root, version);
  const known = (await allVersions(root, database)).join(', ');
  throw badValue(`There is no schedule ${version.slice(0, 16)}; there are ${known}.`, 'http.schedule');
}
