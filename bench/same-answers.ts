/** The server and the floor must send the same, or comparing them says nothing. */
import { isDeepStrictEqual } from 'node:util';
import { formatRequest, openConnection } from './keep-alive.ts';
import { drawFrom } from './random.ts';
import type { Shape } from './shapes.ts';

const SAMPLES = 20;

interface Link {
  readonly relation: string;
}

interface Answer {
  readonly total?: number;
  readonly link?: readonly Link[];
  readonly entry?: readonly AnsweredEntry[];
}

interface AnsweredEntry {
  readonly fullUrl: string;
  readonly search?: { readonly mode: string };
}

/** @throws Error showing the first answer that differs in more than its total and its links to other pages. */
export async function compareAnswers(shape: Shape, people: number, ports: readonly [number, number]): Promise<void> {
  const draw = drawFrom(people);
  const connections = await Promise.all(ports.map(openConnection));
  try {
    for (let sample = 0; sample < SAMPLES; sample++) {
      const request = shape.request(draw, people);
      // What writes answers with ids and times of its own.
      if (request.method !== 'GET') return;
      const text = formatRequest(request);
      const [ours, floors] = await Promise.all(connections.map(({ exchange }) => exchange(text)));
      if (!ours || !floors || isDeepStrictEqual(content(ours.body), content(floors.body))) continue;
      throw new Error(
        `the floor answers ${request.path} with\n${floors.body.toString().slice(0, 2000)}\nand the server with\n${ours.body.toString().slice(0, 2000)}`,
      );
    }
  } finally {
    for (const { close } of connections) close();
  }
}

/** The server knows the total of a page that is the whole answer; it costs nothing, and the floor doesn't tell it. */
function content(body: Buffer): unknown {
  const { total: _total, link, entry, ...json } = JSON.parse(body.toString()) as Answer;
  const included = entry?.filter(({ search }) => search?.mode === 'include');
  return {
    ...json,
    link: link?.filter(({ relation }) => relation === 'self'),
    matches: entry?.filter(({ search }) => search?.mode !== 'include'),
    // In whichever order they are come upon.
    included: included?.sort((a, b) => (a.fullUrl < b.fullUrl ? -1 : 1)),
  };
}
