/** The command line of the bench. */
import { parseArgs } from 'node:util';
import { SHAPES, type Shape } from './shapes.ts';

export interface BenchOptions {
  readonly shapes: readonly Shape[];
  /** Sizes of the populations to measure on. */
  readonly people: readonly number[];
  readonly clients: number;
  /** Of each spell; every server gets `rounds` of them on every shape and population. */
  readonly seconds: number;
  readonly rounds: number;
  /** How often each kind of start is repeated; 0 leaves starts and memory out. */
  readonly starts: number;
  /** A file for the figures. */
  readonly json: string | undefined;
  /** A folder for processor profiles of the server. */
  readonly profile: string | undefined;
  /** Whether the databases stay for the next run; only with a database that outlives this one. */
  readonly keep: boolean;
}

/** With fewer, some searches don't fill their page. */
const FEWEST_PEOPLE = 500;

const NAMES = SHAPES.map(({ name }) => name).join(', ');

export const USAGE = `Measures the server beside a bare node:http server that does the same to the same database.

npm run bench -- auth   what access control costs, alone
npm run bench -- [options]
npm run bench -- forecast   the immunization forecast instead
  --only <shapes>     only these, separated by commas: ${NAMES}
  --patients <sizes>  populations, ten doses each (1000,16000)
  --clients <number>  connections at a time (16)
  --seconds <number>  length of a spell (5)
  --rounds <number>   spells of each server, taking turns (2)
  --starts <number>   starts of each kind; 0 leaves starts and memory out (5)
  --json <file>       writes the figures there: [{ name, value, unit, ratio }]
  --profile <folder>  leaves processor profiles of the server there
  --keep              keeps the databases for the next run (with MONGODB_URI)
  --help              this text

MONGODB_URI names the database server to use; without it an embedded engine is started on a new folder.
Databases are called jenner_bench_<patients> and are dropped, unless --keep is given.
`;

export class UsageError extends Error {}

/** @returns 'help' where that is asked for. @throws UsageError for what is no option. */
export function parseOptions(words: readonly string[]): BenchOptions | 'help' {
  const values = parseWords(words);
  if (values.help) return 'help';
  return {
    shapes: values.only === undefined ? SHAPES : values.only.split(',').map(shapeNamed),
    people: (values.patients ?? '1000,16000').split(',').map((size) => whole(size, 'patients', FEWEST_PEOPLE)),
    clients: whole(values.clients ?? '16', 'clients', 1),
    seconds: number(values.seconds ?? '5', 'seconds', 0.1),
    rounds: whole(values.rounds ?? '2', 'rounds', 1),
    starts: whole(values.starts ?? '5', 'starts', 0),
    json: values.json,
    profile: values.profile,
    keep: values.keep ?? false,
  };
}

function parseWords(words: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const numbers = { patients: text, clients: text, seconds: text, rounds: text, starts: text } as const;
  const options = { ...numbers, only: text, json: text, profile: text, keep: flag, help: flag } as const;
  try {
    return parseArgs({ args: [...words], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function shapeNamed(wanted: string): Shape {
  const shape = SHAPES.find(({ name }) => name === wanted.trim());
  if (shape) return shape;
  throw new UsageError(`--only ${wanted}: there is no such shape. There are ${NAMES}.`);
}

function number(text: string, option: string, least: number): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value >= least) return value;
  throw new UsageError(`--${option} ${text}: a number, ${least} or more, is expected.`);
}

function whole(text: string, option: string, least: number): number {
  const value = number(text, option, least);
  if (Number.isInteger(value)) return value;
  throw new UsageError(`--${option} ${text}: a whole number is expected.`);
}
