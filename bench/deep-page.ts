/** What a page far from the first one costs beside the first (FHIR R4, http.html#paging): by its links, as clients go. */
import type { Figure } from './figures.ts';
import { type Connection, formatRequest, openConnection } from './keep-alive.ts';
import { median } from './measurement.ts';

const COUNT = 50;
const DEPTH = 1000;
const SAMPLES = 200;
/** Doses that a walk to the page needs, with room. */
const ENOUGH_PEOPLE = (DEPTH * COUNT) / 10 + 500;

interface Page {
  readonly link: readonly { readonly relation: string; readonly url: string }[];
  readonly entry: readonly unknown[];
}

/** The median of the thousandth page and of the first, one request after the other; nothing where there are too few. */
export async function deepPageFigures(port: number, people: number): Promise<readonly Figure[]> {
  if (people < ENOUGH_PEOPLE) return [];
  const connection = await openConnection(port);
  try {
    const first = `/Immunization?_count=${COUNT}`;
    const deep = await walkTo(connection, first);
    const [near, far] = await alternate(connection, [first, deep]);
    const name = `page-${DEPTH}.${people}`;
    return [
      { name: `${name}.p50`, value: rounded(far), unit: 'ms', ratio: null },
      { name: `${name}.growth`, value: rounded(far / near), unit: 'times page 1', ratio: null },
    ];
  } finally {
    connection.close();
  }
}

async function walkTo(connection: Connection, first: string): Promise<string> {
  let path = first;
  for (let page = 1; page < DEPTH; page++) {
    const next = (await read(connection, path)).link.find(({ relation }) => relation === 'next');
    if (!next) throw new Error(`page ${page} is the last one`);
    path = next.url.slice(next.url.indexOf('/fhir/') + '/fhir'.length);
  }
  return path;
}

async function read(connection: Connection, path: string): Promise<Page> {
  const { status, body } = await connection.exchange(formatRequest({ method: 'GET', path }));
  const page = JSON.parse(body.toString()) as Page;
  if (status !== 200 || page.entry.length !== COUNT)
    throw new Error(`${path} answers ${status}: ${body.subarray(0, 300)}`);
  return page;
}

/** Both by turns, so that whatever else the machine does falls on both. */
async function alternate(connection: Connection, paths: readonly [string, string]): Promise<[number, number]> {
  const times: [number[], number[]] = [[], []];
  for (let sample = 0; sample < SAMPLES; sample++) {
    for (const at of [0, 1] as const) {
      const started = performance.now();
      await read(connection, paths[at]);
      times[at].push(performance.now() - started);
    }
  }
  return [median(times[0]), median(times[1])];
}

const rounded = (value: number): number => Number(value.toPrecision(4));
