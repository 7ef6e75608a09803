/** The server and the floor must send the same, or comparing them says nothing. */
import { isDeepStrictEqual } from 'node:util';
import { formatRequest, openConnection } from './keep-alive.ts';
import { drawFrom } from './random.ts';
import type { Shape } from './shapes.ts';

const SAMPLES = 20;

interface Link {
  readonly relation: string;
}

/** @throws Error showing the first answer that differs in more than the link to the next page. */
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

function content(body: Buffer): unknown {
  const json = JSON.parse(body.toString()) as { readonly link?: readonly Link[] };
  return json.link ? { ...json, link: json.link.filter(({ relation }) => relation !== 'next') } : json;
}
