/** Log lines: one JSON object a line on standard error. */

const LEVELS = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LEVELS)[number];

type Details = Readonly<Record<string, unknown>>;
export type Log = { readonly [Level in LogLevel]: (message: string, details?: Details) => void };

/** Writes the lines of `level` and worse. */
export function createLog(level: LogLevel, write: (line: string) => void): Log {
  const least = LEVELS.indexOf(level);
  const at =
    (name: LogLevel, rank: number) =>
    (message: string, details: Details = {}) => {
      if (rank <= least)
        write(`${JSON.stringify({ time: new Date().toISOString(), level: name, message, ...printable(details) })}\n`);
    };
  return Object.fromEntries(LEVELS.map((name, rank) => [name, at(name, rank)])) as Log;
}

function printable(details: Details): Details {
  return Object.fromEntries(
    Object.entries(details).map(([key, value]) => [
      key,
      value instanceof Error ? (value.stack ?? value.message) : value,
    ]),
  );
}
