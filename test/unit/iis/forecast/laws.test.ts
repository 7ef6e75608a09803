/** Laws of the engine over CDC's schedule and arbitrary histories, among them those of CDC's test cases, mutated. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadSchedule } from '../../../../src/definitions/cdsi-supporting-data.ts';
import { addDuration } from '../../../../src/iis/forecast/calendar.ts';
import { type TestCase, toForecastInput } from '../../../../src/iis/forecast/conformance/test-case.ts';
import { evaluateAndForecast, type Forecast } from '../../../../src/iis/forecast/evaluate-and-forecast.ts';
import { explain } from '../../../../src/iis/forecast/explain.ts';
import type { ForecastInput, VaccineDoseAdministered } from '../../../../src/iis/forecast/patient.ts';

const root = new URL('../../../../', import.meta.url);
const schedule = await loadSchedule(root, '4.65');
const inputs: readonly ForecastInput[] = ['healthy-v4.45.dev.json', 'underlying-conditions-v4.6.dev.json'].flatMap(
  (file) => {
    const suite = JSON.parse(readFileSync(new URL(`data/cdsi/test-cases/${file}`, root), 'utf8')) as {
      cases: TestCase[];
    };
    return suite.cases.map(toForecastInput);
  },
);

const cvx = fc.oneof(fc.constantFrom(...schedule.vaccines.keys()), fc.constantFrom('998', '0', '', 'abc', '3', '003'));
const mutation = fc.record({ cvx, moved: fc.integer({ min: -400, max: 4000 }), kind: fc.integer({ min: 0, max: 6 }) });
const observations = fc.array(fc.record({ code: fc.constantFrom(...schedule.observations.keys()) }), { maxLength: 3 });

/** Doses of other vaccines, moved, twice on a day, with partial dates, expired; people at risk. */
const histories = fc
  .record({
    input: fc.constantFrom(...inputs),
    mutations: fc.array(mutation, { maxLength: 6 }),
    observations,
    later: fc.integer({ min: 0, max: 9000 }),
  })
  .map(({ input, mutations, observations: added, later }): ForecastInput => {
    const doses = mutations.flatMap((about, index) => mutate(input, about, index));
    return {
      ...input,
      assessmentDate: input.assessmentDate + later,
      dosesAdministered: [...input.dosesAdministered, ...doses],
      observations: [...input.observations, ...added],
    };
  });

type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never;

function mutate(
  { birthDate, dosesAdministered }: ForecastInput,
  about: Mutation,
  index: number,
): VaccineDoseAdministered[] {
  const copied = dosesAdministered[index % Math.max(1, dosesAdministered.length)];
  const fresh = { id: `m${index}`, cvx: about.cvx, dateAdministered: birthDate + about.moved };
  switch (about.kind) {
    case 0:
      return [{ ...fresh, dateAdministered: { year: 2020, month: 1 + (about.moved & 7) } }];
    case 1:
      return copied === undefined ? [] : [{ ...copied, id: fresh.id }];
    case 2:
      return copied === undefined ? [] : [{ ...copied, id: fresh.id, cvx: about.cvx }];
    case 3:
      return [{ ...fresh, lotExpirationDate: birthDate + 300 }];
    default:
      return [fresh];
  }
}

describe('the forecast of any history', () => {
  it('does not depend on the order of doses and observations', () => {
    fc.assert(
      fc.property(histories, fc.infiniteStream(fc.nat()), (input, keys) => {
        const shuffled = <T>(list: readonly T[]): readonly T[] =>
          list
            .map((entry) => ({ entry, key: keys.next().value ?? 0 }))
            .toSorted((a, b) => a.key - b.key)
            .map(({ entry }) => entry);
        const other = {
          ...input,
          dosesAdministered: shuffled(input.dosesAdministered),
          observations: shuffled(input.observations),
        };
        expect(explain(evaluateAndForecast(other, schedule))).toEqual(explain(evaluateAndForecast(input, schedule)));
      }),
      { numRuns: 150 },
    );
  });

  it('counts every dose exactly once: evaluated for each of its antigens in a best series, or reported as not evaluated', () => {
    fc.assert(
      fc.property(histories, (input) => {
        const { patient, antigens } = evaluateAndForecast(input, schedule);
        expect(patient.doses.length + patient.notEvaluated.length).toBe(input.dosesAdministered.length);
        for (const { antigen, bestSeries } of antigens) {
          const expected = patient.doses.filter((dose) => dose.antigens.includes(antigen));
          for (const { patientSeries } of bestSeries) {
            expect(patientSeries.evaluations.map(({ dose }) => dose)).toEqual(expected);
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  it('never takes a dose before birth for valid', () => {
    fc.assert(
      fc.property(histories, cvx, fc.integer({ min: 1, max: 4000 }), (input, code, days) => {
        const early = { id: 'early', cvx: code, dateAdministered: input.birthDate - days };
        const dosesAdministered = [...input.dosesAdministered, early];
        const { evaluations } = evaluateAndForecast({ ...input, dosesAdministered }, schedule);
        expect(evaluations.filter(({ dose }) => dose.date < input.birthDate)).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('has dates in order: earliest, recommended, past due', () => {
    fc.assert(
      fc.property(histories, (input) => {
        for (const { dates, status } of evaluateAndForecast(input, schedule).vaccineGroups) {
          expect(dates !== undefined).toBe(status === 'not-complete');
          if (dates === undefined) continue;
          expect(dates.adjustedRecommended).toBeGreaterThanOrEqual(dates.earliest);
          expect(dates.adjustedPastDue ?? dates.earliest).toBeGreaterThanOrEqual(dates.earliest);
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe('a complete series', () => {
  it('without a recurring dose never becomes due again by time alone', () => {
    const years = fc.integer({ min: 1, max: 60 });
    let seen = 0;
    fc.assert(
      fc.property(histories, years, (input, count) => {
        const later = addDuration(input.assessmentDate, { years: count, months: 0, days: 0 });
        const dosesAdministered = input.dosesAdministered.filter(
          ({ dateAdministered: date }) => typeof date === 'number' && date <= input.assessmentDate,
        );
        const completed = fullyComplete(evaluateAndForecast({ ...input, dosesAdministered }, schedule));
        const after = evaluateAndForecast({ ...input, dosesAdministered, assessmentDate: later }, schedule);
        seen += completed.size;
        const walked = after.antigens.flatMap(({ patientSeries }) => patientSeries);
        const due = walked.filter(
          ({ forecast, series }) => forecast.status === 'not-complete' && completed.has(series.name),
        );
        expect(due.map(({ series }) => series.name)).toEqual([]);
      }),
      { numRuns: 150 },
    );
    expect(seen).toBeGreaterThan(100);
  });
});

/** Series that are complete and have no recurring dose. */
function fullyComplete({ antigens }: Forecast): ReadonlySet<string> {
  const all = antigens.flatMap(({ patientSeries }) => patientSeries);
  const complete = all.filter(
    ({ forecast, series }) => forecast.status === 'complete' && !series.doses.some(({ isRecurring }) => isRecurring),
  );
  return new Set(complete.map(({ series }) => series.name));
}
