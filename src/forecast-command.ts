/** `forecast`: runs CDC's test cases and shows every field that differs, or makes a population's forecasts anew. */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { ConfigError } from './config.ts';
import { listSchedules, loadSchedule } from './definitions/cdsi-supporting-data.ts';
import { compareForecast } from './iis/forecast/conformance/compare.ts';
import { type TestCase, toForecastInput } from './iis/forecast/conformance/test-case.ts';
import { evaluateAndForecast } from './iis/forecast/evaluate-and-forecast.ts';
import { explain } from './iis/forecast/explain.ts';
import type { SupportingData } from './iis/forecast/supporting-data.ts';
import { populationCommand } from './population-command.ts';

/** Answers 0 where every case passes. With `--explain <id>`, tells how the answer to that one case came about. */
export async function forecastCommand(args: readonly string[], root: URL): Promise<number> {
  const { schedule, cases, explain: id, population } = readOptions(args);
  if (population) return populationCommand(schedule, root);
  const supportingData = await loadVersion(schedule, root);
  const testCases = await readCases(cases);
  if (id !== undefined) return explainCase(id, testCases, supportingData);
  const failures = testCases.flatMap((testCase) => runCase(testCase, supportingData) ?? []);
  for (const failure of failures) process.stdout.write(failure);
  process.stdout.write(`${testCases.length - failures.length} passed, ${failures.length} failed\n`);
  return failures.length === 0 ? 0 : 1;
}

interface Options {
  readonly schedule: string | undefined;
  readonly cases: string;
  readonly explain: string | undefined;
  readonly population: boolean;
}

const USAGE =
  'npm run jenner -- forecast --schedule <version> --cases <file.json> [--explain <case id>]\n' +
  'npm run jenner -- forecast --population [--schedule <version>]';

function readOptions(args: readonly string[]): Options {
  const text = { type: 'string' } as const;
  const options = { schedule: text, cases: text, explain: text, population: { type: 'boolean' } } as const;
  try {
    const { schedule, cases, explain: id, population = false } = parseArgs({ args: [...args], options }).values;
    if (population) return { schedule, cases: '', explain: id, population };
    if (cases !== undefined) return { schedule, cases, explain: id, population };
  } catch (error) {
    throw new ConfigError(`${(error as Error).message}\n${USAGE}`);
  }
  throw new ConfigError(`Say which cases to run: ${USAGE}`);
}

async function loadVersion(schedule: string | undefined, root: URL): Promise<SupportingData> {
  const versions = await listSchedules(root);
  const version = schedule ?? versions.at(-1) ?? '';
  if (versions.includes(version)) return loadSchedule(root, version);
  throw new ConfigError(`There is no schedule ${version}; there are ${versions.join(', ')}.`);
}

async function readCases(file: string): Promise<readonly TestCase[]> {
  try {
    const { cases } = JSON.parse(await readFile(file, 'utf8')) as { readonly cases?: readonly TestCase[] };
    if (Array.isArray(cases)) return cases;
  } catch (error) {
    throw new ConfigError(`${file} can't be read as test cases: ${(error as Error).message}`);
  }
  throw new ConfigError(`${file} has no list of cases.`);
}

/** What to print of a case that fails. */
function runCase(testCase: TestCase, supportingData: SupportingData): string | undefined {
  const differences = compareForecast(testCase, evaluateAndForecast(toForecastInput(testCase), supportingData));
  if (differences.length === 0) return undefined;
  const lines = differences.map(
    ({ field, expected, actual }) => `  ${field}: expected ${expected ?? 'nothing'}, got ${actual ?? 'nothing'}\n`,
  );
  return `${testCase.id.trim()} ${testCase.normalized.vaccineGroup}: ${testCase.name}\n${lines.join('')}`;
}

function explainCase(id: string, testCases: readonly TestCase[], supportingData: SupportingData): number {
  const testCase = testCases.find((entry) => entry.id.trim() === id);
  if (testCase === undefined) throw new ConfigError(`There is no case ${id}.`);
  const lines = explain(evaluateAndForecast(toForecastInput(testCase), supportingData));
  process.stdout.write(`${lines.join('\n')}\n`);
  return 0;
}
