import { describe, expect, it } from 'vitest';
import { unavailable, versionConflict } from '../../../../src/fhir/error.ts';
import { type LoadJob, load, type UnitOutcome } from '../../../../src/jobs/load/load.ts';
import type { LoadProgress } from '../../../../src/jobs/load/progress.ts';
import type { LoadInput, LoadItem, LoadUnit } from '../../../../src/jobs/load/unit.ts';

const unitOf = (urls: readonly string[], atomic = false): LoadUnit => ({
  atomic,
  entries: urls.map((url, index) => ({
    position: { file: 'a.ndjson', line: index + 1 },
    resourceType: 'Patient',
    request: { method: 'PUT', url },
    text: '{}',
  })),
});

function inputOf(units: readonly LoadUnit[], others: readonly LoadItem[] = []): LoadInput {
  async function* items() {
    yield* others;
    for (const unit of units) yield { kind: 'unit', unit, bytes: 10 } as const;
  }
  return { totalBytes: 10 * units.length, items: items() };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
const outcome = (unit: LoadUnit, kind: 'written' | 'unchanged'): UnitOutcome => ({
  entries: unit.entries.map(() => ({ kind })),
});
const allWritten: LoadJob['submit'] = async (unit) => outcome(unit, 'written');

describe('the loading job', () => {
  it('counts what was written and what was there already', async () => {
    const input = inputOf([unitOf(['Patient/a', 'Patient/b']), unitOf(['Patient/c'])]);
    const submit: LoadJob['submit'] = async (unit) =>
      outcome(unit, unit.entries.length === 1 ? 'unchanged' : 'written');
    let time = 0;
    const summary = await load({ input, submit, now: () => time++ * 500 });
    expect(summary).toMatchObject({ written: 2, unchanged: 1, refused: 0, refusals: [] });
    expect(summary.resourcesPerSecond).toBeCloseTo(3 / summary.seconds, 9);
    expect(summary.stopped).toBeUndefined();
  });

  it('keeps as many units in flight as it is told, and no more', async () => {
    let inFlight = 0;
    let most = 0;
    const submit: LoadJob['submit'] = async (unit) => {
      most = Math.max(most, ++inFlight);
      await turn();
      await turn();
      inFlight--;
      return outcome(unit, 'written');
    };
    const units = Array.from({ length: 20 }, (_, n) => unitOf([`Patient/${n}`]));
    expect((await load({ input: inputOf(units), submit, concurrency: 3 })).written).toBe(20);
    expect(most).toBe(3);
  });

  it('reads no further ahead than its units in flight', async () => {
    let read = 0;
    let submitted = 0;
    let furthest = 0;
    async function* items(): AsyncGenerator<LoadItem> {
      for (; read < 50; read++) yield { kind: 'unit', unit: unitOf([`Patient/${read}`]), bytes: 1 };
    }
    const submit: LoadJob['submit'] = async (unit) => {
      await turn();
      furthest = Math.max(furthest, read - submitted++);
      return outcome(unit, 'written');
    };
    await load({ input: { totalBytes: 50, items: items() }, submit, concurrency: 4 });
    expect(furthest).toBeLessThanOrEqual(5);
  });

  it('writes versions of one resource in the order in which they were read', async () => {
    const order: string[] = [];
    const submit: LoadJob['submit'] = async (unit) => {
      const [first] = unit.entries;
      if (order.length === 0) await turn();
      await turn();
      order.push(first?.position.file ?? '');
      return outcome(unit, 'written');
    };
    const version = (file: string): LoadUnit => {
      const unit = unitOf(['Patient/same']);
      return { ...unit, entries: unit.entries.map((entry) => ({ ...entry, position: { file } })) };
    };
    await load({ input: inputOf(['1', '2', '3', '4'].map(version)), submit });
    expect(order).toEqual(['1', '2', '3', '4']);
  });

  it('tries once more at the end what was refused, since what it refers to may have come later', async () => {
    const written = new Set<string>();
    const submit: LoadJob['submit'] = async (unit) => ({
      entries: unit.entries.map(({ request: { url } }) => {
        if (url === 'Patient/never' || (url === 'Patient/child' && !written.has('Patient/parent'))) {
          return { kind: 'refused', why: `${url} refers to nothing` };
        }
        written.add(url);
        return { kind: 'written' };
      }),
    });
    const units = [unitOf(['Patient/child', 'Patient/other']), unitOf(['Patient/never']), unitOf(['Patient/parent'])];
    const summary = await load({ input: inputOf(units), submit, concurrency: 1 });
    expect(summary).toMatchObject({ written: 3, refused: 1 });
    expect(summary.refusals).toEqual([
      { why: 'Patient/never refers to nothing', resources: 1, positions: [{ file: 'a.ndjson', line: 1 }] },
    ]);
  });

  it('refuses an atomic unit as a whole, with the first reason given', async () => {
    const submit: LoadJob['submit'] = async (unit) => {
      if (unit.atomic) throw versionConflict('version 3 is current');
      return outcome(unit, 'written');
    };
    const input = inputOf([unitOf(['Patient/a', 'Patient/b'], true), unitOf(['Patient/c'])]);
    const summary = await load({ input, submit });
    expect(summary).toMatchObject({ written: 1, refused: 2 });
    expect(summary.refusals).toEqual([
      { why: 'version 3 is current', resources: 2, positions: [{ file: 'a.ndjson', line: 1 }] },
    ]);
  });

  it('groups refusals that differ only in names and numbers, lists the first places and counts the rest', async () => {
    const urls = Array.from({ length: 9 }, (_, n) => `Patient/${n}`);
    const submit: LoadJob['submit'] = async (unit) => ({
      entries: unit.entries.map(({ request }) => ({ kind: 'refused', why: `${request.url}: gender is not a code` })),
    });
    const broken = {
      kind: 'refusal',
      refusal: { position: { file: 'b.json' }, why: 'is empty', resources: 1 },
      bytes: 0,
    } as const;
    const summary = await load({ input: inputOf([unitOf(urls)], [broken]), submit, listed: 2 });
    expect(summary.refused).toBe(10);
    expect(summary.refusals).toEqual([
      {
        why: 'Patient/0: gender is not a code',
        resources: 9,
        positions: [
          { file: 'a.ndjson', line: 1 },
          { file: 'a.ndjson', line: 2 },
        ],
      },
      { why: 'is empty', resources: 1, positions: [{ file: 'b.json' }] },
    ]);
  });

  it('stops after the units in flight when it is interrupted', async () => {
    const abort = new AbortController();
    let submitted = 0;
    const submit: LoadJob['submit'] = async (unit) => {
      if (++submitted === 3) abort.abort();
      await turn();
      return outcome(unit, 'written');
    };
    const units = Array.from({ length: 20 }, (_, n) => unitOf([`Patient/${n}`]));
    const summary = await load({ input: inputOf(units), submit, signal: abort.signal, concurrency: 2 });
    expect(summary.stopped).toBe('interrupted');
    expect(summary.written).toBe(submitted);
    expect(submitted).toBeLessThan(6);
  });

  it.each([
    ['the database is gone', unavailable('the database is gone', 5)],
    ['socket hang up', new Error('socket hang up')],
  ])('stops and says why when nothing more can be written: %s', async (why, error) => {
    let submitted = 0;
    const submit: LoadJob['submit'] = async () => {
      submitted++;
      throw error;
    };
    const units = Array.from({ length: 20 }, (_, n) => unitOf([`Patient/${n}`]));
    const summary = await load({ input: inputOf(units), submit, concurrency: 2 });
    expect(summary).toMatchObject({ written: 0, refused: 0, stopped: why });
    expect(submitted).toBeLessThan(5);
  });

  it('stops rather than guess when outcomes and entries do not match', async () => {
    const summary = await load({ input: inputOf([unitOf(['Patient/a'])]), submit: async () => ({ entries: [] }) });
    expect(summary.stopped).toBe('0 outcomes came back for 1 entries');
  });

  it('reports progress up to the whole size and ends it', async () => {
    const seen: LoadProgress[] = [];
    let ended = 0;
    const progress = { update: (report: LoadProgress) => seen.push(report), stop: () => ended++ };
    const units = Array.from({ length: 5 }, (_, n) => unitOf([`Patient/${n}`]));
    await load({ input: inputOf(units), submit: allWritten, progress });
    expect(seen.map(({ doneBytes }) => doneBytes)).toEqual([10, 20, 30, 40, 50]);
    expect(seen.at(-1)).toMatchObject({ totalBytes: 50, resources: 5, refused: 0 });
    expect(ended).toBe(1);
  });
});
