/** Loads releases of CDC's supporting data for immunization forecasts from `data/cdsi/supporting-data/<version>`. */
import { readdir, readFile } from 'node:fs/promises';
import { compileSupportingData } from '../iis/forecast/compile/supporting-data.ts';
import type { SupportingData } from '../iis/forecast/supporting-data.ts';

const FOLDER = 'data/cdsi/supporting-data/';
const SCHEDULE_FILE = 'ScheduleSupportingData.xml';

/** The versions that are there, oldest first. */
export async function listSchedules(root: URL): Promise<readonly string[]> {
  const entries = await readdir(new URL(FOLDER, root), { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted(compareVersions);
}

/** `4.9` before `4.10`. */
export const compareVersions = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });

/** @throws Error where the version isn't there or says something that the compiler doesn't know. */
export async function loadSchedule(root: URL, version: string): Promise<SupportingData> {
  const versions = await listSchedules(root);
  if (!versions.includes(version))
    throw new Error(`There is no schedule ${version}; there are ${versions.join(', ')}.`);
  const folder = new URL(`${FOLDER}${version}/`, root);
  const files = (await readdir(folder))
    .filter((file) => file.startsWith('Antigen') && file.endsWith('.xml'))
    .toSorted();
  const read = (file: string) => readFile(new URL(encodeURIComponent(file), folder), 'utf8');
  return compileSupportingData({
    version,
    schedule: await read(SCHEDULE_FILE),
    antigens: await Promise.all(files.map(read)),
  });
}
