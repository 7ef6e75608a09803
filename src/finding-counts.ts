/** How often each rule was broken by what was written, in the log: what a policy of `warn` lets pass is still seen (docs/profiles.md). */
import type { Log } from './log.ts';
import type { Finding } from './validation/finding.ts';
import type { Validate } from './validation/validate.ts';

/** Milliseconds between two lines of the log, at least. */
const PERIOD = 60_000;

/** The same validation; errors and warnings of writes are counted by rule and logged, at most once a minute. */
export function countingFindings(validate: Validate, log: Log, now: () => number = Date.now): Validate {
  const counts = new Map<string, number>();
  let logged = now();
  const count = ({ id, severity }: Finding): void => {
    if (severity !== 'information') counts.set(id, (counts.get(id) ?? 0) + 1);
  };
  return (resource, options) => {
    const found = validate(resource, options);
    // Who only asks what is wrong writes nothing.
    if (found.length > 0 && options.rigour !== 'examine') found.forEach(count);
    if (counts.size > 0 && now() - logged >= PERIOD) {
      log.info('findings of validation', { counts: Object.fromEntries(counts) });
      counts.clear();
      logged = now();
    }
    return found;
  };
}
