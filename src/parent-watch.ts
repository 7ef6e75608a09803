/** Notices when npm, which started this process, is gone without having passed a signal on. */
import { readFileSync } from 'node:fs';

/** How often it looks, in milliseconds. */
const INTERVAL_MS = 250;

/**
 * Calls `gone` once when an ancestor up to npm has ended. npm that is killed, or whose shell ends first, can't tell its
 * child to stop: a server that it started must not stay behind on the port and the data.
 */
export function watchNpm(gone: () => void): void {
  if (!process.env['npm_lifecycle_event']) return;
  const before = ancestry();
  const timer = setInterval(() => {
    if (ancestry() === before) return;
    clearInterval(timer);
    gone();
  }, INTERVAL_MS);
  timer.unref();
}

/** Parent and grandparent: npm runs a shell that runs us. Where /proc is missing, the parent alone. */
const ancestry = (): string => `${process.ppid} ${parentOf(process.ppid)}`;

function parentOf(pid: number): string {
  try {
    // The name in parentheses may hold anything, so fields are counted from its end.
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return status.slice(status.lastIndexOf(')') + 2).split(' ')[1] ?? '';
  } catch {
    return '';
  }
}
