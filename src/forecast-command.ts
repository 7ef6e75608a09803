/** `forecast --schedule <version> --cases <file.json>`: runs CDC's test cases and shows every field that differs. */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { ConfigError } from './config.ts';
import { listSchedules, loadSchedule } from './definitions/cdsi-supporting-data.ts';
import { compareForecast } from './iis/forecast/conformance/compare.ts';
import { type TestCase, toForecastInput } from './iis/forecast/conformance/test-case.ts';
import { evaluateAndForecast } from './iis/forecast/evaluate-and-forecast.ts';
import type { SupportingData } from './iis/forecast/supporting-data.ts';

/** Answers 0 where every case passes. */
export async function forecastCommand(args: readonly string[], root: URL): Promise<number> {
  const { schedule, cases } = readOptions(args);
  const version = schedule ?? (await listSchedules(root)).at(-1) ?? '';
  const supportingData = await loadSchedule(root, version);
  let failed = 0;
  const testCases = await readCases(cases);
  for (const testCase of testCases) {
    const failure = runCase(testCase, supportingData);
    if (failure === undefined) continue;
    failed += 1;
    process.stdout.write(failure);
  }
  process.stdout.write(`${testCases.length - failed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}

interface Options {
  readonly schedule: string | undefined;
  readonly cases: string;
}

function readOptions(args: readonly string[]): Options {
  const options = { schedule: { type: 'string' }, cases: { type: 'string' } } as const;
  const { schedule, cases } = parseArgs({ args: [...args], options }).values;
  if (cases === undefined) throw new ConfigError('Say which cases to run: jenner -- forecast --cases <file.json>');
  return { schedule, cases };
}

async function readCases(file: string): Promise<readonly TestCase[]> {
  const { cases } = JSON.parse(await readFile(file, 'utf8')) as { readonly cases?: readonly TestCase[] };
  if (!Array.isArray(cases)) throw new ConfigError(`${file} has no list of cases.`);
  return cases;
}

/** What to print of a case that fails. */
function runCase(testCase: TestCase, supportingData: SupportingData): string | undefined {
  const differences = compareForecast(testCase, evaluateAndForecast(toForecastInput(testCase), supportingData));
  if (differences.length === 0) return undefined;
  const lines = differences.map(
    ({ field, expected, actual }) => `  ${field}: expected ${expected ?? 'nothing'}, got ${actual ?? 'nothing'}\n`,
  );
  return `${testCase.id} ${testCase.normalized.vaccineGroup}: ${testCase.name}\n${lines.join('')}`;
}
