/** Progress of a load on a console: a bar on a terminal, plain lines elsewhere (no section of the specification). */

import cliProgress from 'cli-progress';
import { countOf } from './summary.ts';

/** How far a load is. */
export interface LoadProgress {
  readonly doneBytes: number;
  readonly totalBytes: number;
  readonly resources: number;
  readonly refused: number;
  readonly resourcesPerSecond: number;
}

/** Where progress is shown. */
export interface ProgressSink {
  update(progress: LoadProgress): void;
  stop(): void;
}

export interface ConsoleProgressOptions {
  /** Standard error, as a rule, so that standard output stays for results. */
  readonly stream: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly title: string;
  /** The time in milliseconds. */
  readonly now?: () => number;
}

/** Plain lines come at most this often, in milliseconds. */
const LINE_PERIOD = 3_000;

/** A bar on a terminal; a line every few seconds where output goes to a file or a log. */
export function consoleProgress(options: ConsoleProgressOptions): ProgressSink {
  return options.stream.isTTY ? bar(options) : lines(options);
}

/** `12,345 resources, 678 per second, 9 refused` */
function figures({ resources, resourcesPerSecond, refused }: LoadProgress): string {
  const rate = `${Math.round(resourcesPerSecond).toLocaleString('en-US')} per second`;
  return [countOf(resources), rate, ...(refused > 0 ? [`${refused.toLocaleString('en-US')} refused`] : [])].join(', ');
}

const percent = ({ doneBytes, totalBytes }: LoadProgress): number =>
  totalBytes === 0 ? 100 : Math.floor((100 * doneBytes) / totalBytes);

function bar({ stream, title }: ConsoleProgressOptions): ProgressSink {
  const format = `${title} [{bar}] {percentage}% | {figures}`;
  const single = new cliProgress.SingleBar(
    { stream, format, hideCursor: true, barsize: 30, formatBar: cliProgress.Format.BarFormat },
    cliProgress.Presets.shades_classic,
  );
  let started = false;
  return {
    update(progress) {
      if (!started) single.start(100, 0, { figures: '' });
      started = true;
      single.update(percent(progress), { figures: figures(progress) });
    },
    stop: () => single.stop(),
  };
}

function lines({ stream, title, now = Date.now }: ConsoleProgressOptions): ProgressSink {
  let shownAt = now();
  return {
    update(progress) {
      if (now() - shownAt < LINE_PERIOD) return;
      shownAt = now();
      stream.write(`${title}: ${percent(progress)}%, ${figures(progress)}\n`);
    },
    stop: () => {},
  };
}
