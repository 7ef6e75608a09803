/** What access control costs: the server with and without it, in turns on one database, and the planning of decisions. */
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { principalAccess } from '../src/auth/access-context.ts';
import { decide } from '../src/auth/decision.ts';
import { type Principal, usableScopes } from '../src/auth/principal.ts';
import { parseScopes } from '../src/auth/scope.ts';
import { loadDefinitions } from '../src/definitions/load.ts';
import { projectRoot } from '../src/project-root.ts';
import { openDatabase } from '../src/storage/database.ts';
import { limitedReach, visible } from '../src/storage/reach.ts';
import { findBenchEngine, newFolder, type Say, withDatabase } from './engine.ts';
import { formatRequest, openConnection } from './keep-alive.ts';
import { patientId } from './population.ts';
import { type ServerProcess, startJenner } from './processes.ts';
import { drawFrom } from './random.ts';
import { fill } from './stored-population.ts';

const PEOPLE = 1000;
const CLIENTS = 16;
/** Short spells in turns: what else the machine does meanwhile meets both alike. */
const SPELL_SECONDS = 1;
const ROUNDS = 10;
const DATABASE = 'jenner_bench_auth';
const BASE_URL = 'http://localhost/fhir';
/** The share of throughput that access control may cost, and the microseconds that a decision may take. */
const MOST_OVERHEAD = 0.15;
const MOST_PLANNING_US = 20;

/** A token, and what is asked for with it. */
interface Course {
  readonly title: string;
  readonly claims: Readonly<Record<string, string>>;
  readonly request: (person: number) => { readonly method: 'GET'; readonly path: string };
  /** Whether it asks for anybody, or for its own patient. */
  readonly people: number;
}

const SYSTEM = { sub: 'backend', client_id: 'backend', scope: 'system/*.rs' };
const OWN = {
  sub: 'person',
  client_id: 'app',
  scope: 'patient/*.rs',
  patient: patientId(0),
  fhirUser: `Patient/${patientId(0)}`,
};
const read = (person: number) => ({ method: 'GET', path: `/Patient/${patientId(person)}` }) as const;
const search = (person: number) => ({ method: 'GET', path: `/Immunization?patient=${patientId(person)}` }) as const;

const COURSES: readonly Course[] = [
  { title: 'read, back-end system', claims: SYSTEM, request: read, people: PEOPLE },
  { title: 'search by patient, back-end system', claims: SYSTEM, request: search, people: PEOPLE },
  { title: 'read, patient', claims: OWN, request: read, people: 1 },
  { title: 'search by patient, patient', claims: OWN, request: search, people: 1 },
];

export async function runAuthBench(say: Say): Promise<void> {
  sayPlanning(say);
  const engine = await findBenchEngine(say);
  const issuer = await startIssuer();
  try {
    const uri = withDatabase(engine.uri, DATABASE);
    const database = await openDatabase(uri);
    await database.db.dropDatabase();
    await fill(database, await loadDefinitions(projectRoot()), PEOPLE);
    await database.close();
    const common = { MONGODB_URI: uri, JENNER_BASE_URL: BASE_URL, JENNER_FORECAST: 'off' };
    const start = (environment: Record<string, string>) =>
      startJenner({ root: projectRoot(), environment: { ...common, ...environment } });
    const open = await start({ JENNER_AUTH: 'off' });
    const guarded = await start({ JENNER_AUTH: 'smart', JENNER_ISSUERS: issuer.file, JENNER_RATE_LIMIT: '1000000' });
    for (const course of COURSES)
      say(await compare(course, { open, guarded, token: await issuer.sign(course.claims) }));
    await Promise.all([open.stop(), guarded.stop()]);
  } finally {
    issuer.stop();
    await engine.stop();
  }
}

interface Contestants {
  readonly open: ServerProcess;
  readonly guarded: ServerProcess;
  readonly token: string;
}

async function compare(course: Course, { open, guarded, token }: Contestants): Promise<string> {
  let [without, with_] = [0, 0];
  for (let round = 0; round < ROUNDS; round++) {
    without += await requestsPerSecond(open.port, course, undefined);
    with_ += await requestsPerSecond(guarded.port, course, token);
  }
  const overhead = 1 - with_ / without;
  const figures = [without, with_].map((sum) => `${Math.round(sum / ROUNDS)}/s`);
  const verdict = overhead <= MOST_OVERHEAD ? 'within' : 'OVER';
  const share = `${(overhead * 100).toFixed(1)} %`;
  return `${course.title}: ${figures.join(' open, ')} with a token: ${share} less, ${verdict} ${MOST_OVERHEAD * 100} %`;
}

async function requestsPerSecond(port: number, course: Course, token: string | undefined): Promise<number> {
  const started = performance.now();
  const until = started + SPELL_SECONDS * 1000;
  const counts = await Promise.all(
    Array.from({ length: CLIENTS }, (_, client) => client).map(async (client) => {
      const connection = await openConnection(port);
      const draw = drawFrom(client);
      let count = 0;
      for (; performance.now() < until; count++) {
        const text = formatRequest(course.request(draw.below(course.people)));
        const { status } = await connection.exchange(token === undefined ? text : withToken(text, token));
        if (status !== 200) throw new Error(`${course.title} was answered ${status}`);
      }
      connection.close();
      return count;
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0) / ((performance.now() - started) / 1000);
}

const withToken = (request: string, token: string): string =>
  request.replace('\r\n\r\n', `\r\nAuthorization: Bearer ${token}\r\n\r\n`);

interface BenchIssuer {
  /** For JENNER_ISSUERS. */
  readonly file: string;
  sign(claims: Readonly<Record<string, string>>): Promise<string>;
  stop(): void;
}

async function startIssuer(): Promise<BenchIssuer> {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'bench', alg: 'ES256' }] });
  const server = createServer((_request, response) => {
    response.setHeader('Content-Type', 'application/json').end(keys);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const file = join(await newFolder(), 'issuers.json');
  const smartConfiguration = {
    token_endpoint: `${issuer}/token`,
    grant_types_supported: ['client_credentials'],
    capabilities: ['permission-v2'],
    code_challenge_methods_supported: ['S256'],
  };
  await writeFile(file, JSON.stringify({ issuers: [{ issuer, jwksUri: `${issuer}/keys` }], smartConfiguration }));
  return {
    file,
    sign: (claims) =>
      new SignJWT({ ...claims, jti: claims['scope'] ?? '' })
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'bench' })
        .setIssuer(issuer)
        .setAudience(BASE_URL)
        .setIssuedAt()
        .setExpirationTime('1h')
        .sign(privateKey),
    stop: () => server.close(),
  };
}

const DECISIONS = 20_000;

/** Of a token with many scopes, nothing remembered from one decision to the next. */
function sayPlanning(say: Say): void {
  const types = ['Patient', 'Immunization', 'Observation', 'Condition', 'Practitioner'];
  const scopes = types.flatMap((type) => [`patient/${type}.rs`, `user/${type}.cruds`]).join(' ');
  const principal: Principal = {
    issuer: 'bench',
    clientId: 'app',
    subjectId: 'person',
    subject: { kind: 'individual', patients: ['1', '2'] },
    patient: '1',
    scopes: usableScopes(
      parseScopes(scopes, (name) => types.includes(name)),
      () => undefined,
    ),
  };
  const plan = microsecondsOf((type) => decide(principal, 's', type), types);
  const filter = microsecondsOf((type) => visible(limitedReach(principalAccess(principal)), type, []), types);
  const verdict = plan + filter <= MOST_PLANNING_US ? 'within' : 'OVER';
  say(
    `A decision: ${plan.toFixed(2)} µs, with its database filter ${filter.toFixed(2)} µs: ${verdict} ${MOST_PLANNING_US} µs`,
  );
}

/** Of processor time, which others on the machine don't lengthen as they do the time on the clock. */
function microsecondsOf(work: (type: string) => unknown, types: readonly string[]): number {
  const before = process.cpuUsage();
  for (let index = 0; index < DECISIONS; index++) work(types[index % types.length] ?? '');
  const { user, system } = process.cpuUsage(before);
  return (user + system) / DECISIONS;
}
