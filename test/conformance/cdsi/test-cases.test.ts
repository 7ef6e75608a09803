/** CDC's test cases for immunization evaluation and forecast are the judge of the engine. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadSchedule } from '../../../src/definitions/cdsi-supporting-data.ts';
import { compareForecast } from '../../../src/iis/forecast/conformance/compare.ts';
import { type TestCase, toForecastInput } from '../../../src/iis/forecast/conformance/test-case.ts';
import { evaluateAndForecast } from '../../../src/iis/forecast/evaluate-and-forecast.ts';
import { EXPECTED_DIFFERENCES } from './expected-differences.ts';

const root = new URL('../../../', import.meta.url);
const schedule = await loadSchedule(root, '4.64');

interface Suite {
  readonly caseCount: number;
  readonly cases: readonly TestCase[];
}

const suites = ['healthy-v4.45.dev.json', 'underlying-conditions-v4.6.dev.json'].map((file) => ({
  file,
  suite: JSON.parse(readFileSync(new URL(`data/cdsi/test-cases/${file}`, root), 'utf8')) as Suite,
}));

function differingFields(testCase: TestCase): Readonly<Record<string, string | number | null>> {
  const forecast = evaluateAndForecast(toForecastInput(testCase), schedule);
  return Object.fromEntries(compareForecast(testCase, forecast).map(({ field, actual }) => [field, actual]));
}

describe.each(suites)('the suite $file', ({ suite }) => {
  it('has all its cases', () => {
    expect(suite.cases).toHaveLength(suite.caseCount);
    expect(suite.caseCount).toBeGreaterThan(200);
  });

  it.each(suite.cases.map((testCase) => [testCase.id.trim(), testCase.name, testCase] as const))(
    'is answered as expected in case %s: %s',
    (id, _name, testCase) => {
      expect(differingFields(testCase)).toEqual(EXPECTED_DIFFERENCES[id]?.fields ?? {});
    },
  );
});

describe('the table of expected differences', () => {
  it('names only cases that exist', () => {
    const ids = new Set(suites.flatMap(({ suite }) => suite.cases.map(({ id }) => id.trim())));
    expect(Object.keys(EXPECTED_DIFFERENCES).filter((id) => !ids.has(id))).toEqual([]);
  });
});
