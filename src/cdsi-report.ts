/** The report of CDC's test cases for docs/conformance.md: by vaccine group, how many of how many pass. */
import { readFile } from 'node:fs/promises';
import { loadSchedule } from './definitions/cdsi-supporting-data.ts';
import { compareForecast } from './iis/forecast/conformance/compare.ts';
import { type TestCase, toForecastInput } from './iis/forecast/conformance/test-case.ts';
import { evaluateAndForecast } from './iis/forecast/evaluate-and-forecast.ts';
import type { SupportingData } from './iis/forecast/supporting-data.ts';

/** The suites that are in the repository, with the release of the schedule that they were written for. */
const SUITES = [
  { title: 'healthy 4.45', file: 'healthy-v4.45.dev.json' },
  { title: 'underlying conditions 4.6', file: 'underlying-conditions-v4.6.dev.json' },
] as const;
const SCHEDULE = '4.64';

/** The file that has the report, between marks that stay. */
export const CONFORMANCE_FILE = 'docs/conformance.md';
const BEGIN = '<!-- generated: cdsi; npm run generate -->\n';
const END = '<!-- end of cdsi -->\n';

interface Score {
  passed: number;
  total: number;
}

/** The file with its report made anew. @throws Error where the marks are missing */
export async function withCdsiReport(text: string, root: URL): Promise<string> {
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${CONFORMANCE_FILE} has no place for the report of CDC's test cases.`);
  return text.slice(0, begin + BEGIN.length) + (await buildReport(root)) + text.slice(end);
}

async function buildReport(root: URL): Promise<string> {
  const schedule = await loadSchedule(root, SCHEDULE);
  const scores: ReadonlyMap<string, Score>[] = [];
  for (const { file } of SUITES) scores.push(score(await readCases(root, file), schedule));
  const groups = [...new Set(scores.flatMap((suite) => [...suite.keys()]))].toSorted();
  const rows = groups.map((group) =>
    row(
      group,
      scores.map((suite) => suite.get(group)),
    ),
  );
  const totals = scores.map((suite) => [...suite.values()].reduce(add, { passed: 0, total: 0 }));
  const head = `| vaccine group | ${SUITES.map(({ title }) => title).join(' | ')} |\n|---|${SUITES.map(() => '---|').join('')}\n`;
  return `${head}${rows.join('')}${row('**total**', totals)}`;
}

async function readCases(root: URL, file: string): Promise<readonly TestCase[]> {
  const text = await readFile(new URL(`data/cdsi/test-cases/${file}`, root), 'utf8');
  return (JSON.parse(text) as { readonly cases: readonly TestCase[] }).cases;
}

function score(cases: readonly TestCase[], schedule: SupportingData): ReadonlyMap<string, Score> {
  const scores = new Map<string, Score>();
  for (const testCase of cases) {
    const group = testCase.normalized.vaccineGroup;
    const known = scores.get(group) ?? { passed: 0, total: 0 };
    scores.set(group, known);
    known.total += 1;
    if (compareForecast(testCase, evaluateAndForecast(toForecastInput(testCase), schedule)).length === 0)
      known.passed += 1;
  }
  return scores;
}

const add = (a: Score, b: Score): Score => ({ passed: a.passed + b.passed, total: a.total + b.total });

const row = (name: string, scores: readonly (Score | undefined)[]): string =>
  `| ${name} | ${scores.map((entry) => (entry ? `${entry.passed}/${entry.total}` : '')).join(' | ')} |\n`;
