import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { consoleProgress, type LoadProgress } from '../../../../src/jobs/load/progress.ts';
import { formatSummary } from '../../../../src/jobs/load/summary.ts';

function recorder(isTTY: boolean) {
  const written: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      written.push(String(chunk));
      done();
    },
  });
  return { stream: Object.assign(stream, { isTTY, columns: 120 }), text: () => written.join('') };
}

const progressAt = (doneBytes: number, refused = 0): LoadProgress => ({
  doneBytes,
  totalBytes: 200,
  resources: doneBytes * 100,
  refused,
  resourcesPerSecond: 1234.5,
});

describe('progress on a console', () => {
  it('writes plain lines now and then where there is no terminal', () => {
    const { stream, text } = recorder(false);
    let time = 0;
    const sink = consoleProgress({ stream, title: 'Loading', now: () => time });
    for (const [at, done] of [
      [100, 10],
      [3100, 50],
      [3200, 60],
      [6500, 199],
    ] as const) {
      time = at;
      sink.update(progressAt(done, done > 100 ? 7 : 0));
    }
    sink.stop();
    expect(text()).toBe(
      'Loading: 25%, 5,000 resources, 1,235 per second\nLoading: 99%, 19,900 resources, 1,235 per second, 7 refused\n',
    );
  });

  it('draws a bar on a terminal and gives the cursor back', () => {
    const { stream, text } = recorder(true);
    const sink = consoleProgress({ stream, title: 'Loading' });
    sink.update(progressAt(0));
    sink.update(progressAt(200));
    sink.stop();
    expect(text()).toContain('Loading [');
    expect(text()).toContain('100% | 20,000 resources');
    expect(text()).toContain('\u001b[?25h');
  });
});

describe('the summary in words', () => {
  it('tells counts, rate, each reason with its places, and how to go on', () => {
    const text = formatSummary({
      written: 12345,
      unchanged: 1,
      refused: 3,
      refusals: [{ why: 'is empty', resources: 3, positions: [{ file: 'a.json', line: 2, entry: 7 }] }],
      seconds: 2.04,
      resourcesPerSecond: 6052.5,
      stopped: 'interrupted',
    });
    expect(text.split('\n')).toEqual([
      '12,345 resources written, 1 unchanged, 3 refused in 2.0 s (6,053 per second)',
      '3 resources refused: is empty',
      '  a.json line 2 entry 7',
      '  …',
      'Stopped early: interrupted. Run the same command again to go on; nothing is loaded twice.',
    ]);
  });
});
