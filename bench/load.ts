/** A closed loop of clients, each with its own connection: the next request goes out when the last one is answered. */
import { type Connection, formatRequest, openConnection } from './keep-alive.ts';
import { drawFrom } from './random.ts';
import { CEILING, contentProblem, problemOf, SHAPES, type Shape } from './shapes.ts';

export interface LoadOrder {
  /** Of a server on this machine. */
  readonly port: number;
  /** Name of a shape. */
  readonly shape: string;
  /** People in the database that the server is on. */
  readonly people: number;
  readonly clients: number;
  readonly seconds: number;
  readonly seed: number;
}

export interface LoadResult {
  /** Of each answered request, in milliseconds. */
  readonly latencies: Float64Array;
  readonly seconds: number;
  /** Bytes of the answers' bodies. */
  readonly bytes: number;
  /** Processor time that the clients took, in seconds. */
  readonly clientCpuSeconds: number;
  /** What was wrong with answers: the first few. */
  readonly problems: readonly string[];
}

/** Of how many answers one is parsed and counted. */
const LOOK_AT_EVERY = 50;
const MOST_PROBLEMS = 5;

interface Tally {
  readonly latencies: number[];
  readonly problems: string[];
  bytes: number;
}

export async function runLoad(order: LoadOrder): Promise<LoadResult> {
  const shape = [...SHAPES, CEILING].find(({ name }) => name === order.shape);
  if (!shape) throw new Error(`there is no shape ${order.shape}`);
  const connections = await Promise.all(Array.from({ length: order.clients }, () => openConnection(order.port)));
  const tally: Tally = { latencies: [], problems: [], bytes: 0 };
  const cpu = process.cpuUsage();
  const started = performance.now();
  const until = started + order.seconds * 1000;
  try {
    const loops = connections.map((connection, number) => {
      const next = requestSource(shape, order, number);
      return loop(connection, { next, until, tally });
    });
    await Promise.all(loops);
  } finally {
    for (const connection of connections) connection.close();
  }
  const { user, system } = process.cpuUsage(cpu);
  return {
    latencies: Float64Array.from(tally.latencies),
    seconds: (performance.now() - started) / 1000,
    bytes: tally.bytes,
    clientCpuSeconds: (user + system) / 1e6,
    problems: tally.problems,
  };
}

function requestSource(shape: Shape, { seed, people }: LoadOrder, client: number) {
  const draw = drawFrom(seed * 1000 + client);
  return () => shape.request(draw, people);
}

interface Loop {
  readonly next: () => ReturnType<Shape['request']>;
  readonly until: number;
  readonly tally: Tally;
}

async function loop(connection: Connection, { next, until, tally }: Loop): Promise<void> {
  while (performance.now() < until && tally.problems.length < MOST_PROBLEMS) {
    const request = next();
    const text = formatRequest(request);
    const sent = performance.now();
    const { status, body } = await connection.exchange(text);
    tally.latencies.push(performance.now() - sent);
    tally.bytes += body.length;
    const look = tally.latencies.length % LOOK_AT_EVERY === 1;
    const problem =
      problemOf(request.expectation, status, body) ??
      (look ? contentProblem(request.expectation, body.toString()) : undefined);
    if (problem) tally.problems.push(`${request.method} ${request.path}: ${problem}`);
  }
}
