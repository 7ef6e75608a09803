/** Tokens that their issuer is asked about, over HTTP on this machine: what it answers counts, and nothing else. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Directory } from '../../../src/auth/subject.ts';
import { createAuthenticator } from '../../../src/tokens/authenticate.ts';
import { introspectWith } from '../../../src/tokens/introspection.ts';
import { type Issuer, USUAL_RULES } from '../../../src/tokens/issuer.ts';
import { fetchJson } from '../../../src/tokens/outbound.ts';
import { createRevocations } from '../../../src/tokens/revocations.ts';

const BASE = 'https://iis.example.org/fhir';
const seconds = () => Math.floor(Date.now() / 1000);
const active = (more: object = {}) => ({
  active: true,
  sub: 'user',
  aud: BASE,
  client_id: 'app',
  scope: 'patient/Immunization.rs',
  patient: 'b',
  fhirUser: 'Patient/b',
  exp: seconds() + 60,
  ...more,
});

let server: Server;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let asked: string[];
const json = (body: unknown) => (_request: IncomingMessage, response: ServerResponse) => {
  response.setHeader('Content-Type', 'application/json').end(JSON.stringify(body));
};
beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    asked.push(`${request.headers.authorization}`);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const directory: Directory = {
  read: async ({ resourceType, id }) => ({ resourceType, id }),
  personsLinking: async () => [],
};

function authenticator(rules: Partial<Issuer> = {}) {
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/introspect`;
  const issuer: Issuer = {
    ...USUAL_RULES,
    issuer: 'https://idp.example.org',
    check: { kind: 'introspection', introspect: introspectWith({ url, clientId: 'iis', secret: 's:1' }), opaque: true },
    audiences: [BASE],
    ...rules,
  };
  return createAuthenticator({
    issuers: [issuer],
    baseUrl: BASE,
    directory,
    revocations: createRevocations(async () => ({ found: [], at: 0 }), Date.now),
    readConstraint: () => undefined,
    isResourceType: () => true,
    now: Date.now,
  });
}
const authenticate = (token: string, rules?: Partial<Issuer>) =>
  authenticator(rules).authenticate({ rawHeaders: ['Authorization', `Bearer ${token}`], url: '/Patient' });

/** Not signed by anybody; it says that it is about patient a. */
const jwtOf = (issuer: string) =>
  [{ alg: 'none' }, { iss: issuer, patient: 'a', sub: 'a' }]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
    .concat('.x');

describe('a token that its issuer is asked about', () => {
  it('is what the answer says, not what the token says (INT-06)', async () => {
    answer = json(active());
    const { principal } = await authenticate(jwtOf('https://idp.example.org'));
    expect(principal).toMatchObject({ patient: 'b', subject: { kind: 'individual', patients: ['b'] } });
    expect(asked[0]).toBe(`Basic ${Buffer.from('iis:s%3A1').toString('base64')}`);
  });

  it('may be opaque', async () => {
    answer = json(active());
    expect((await authenticate('opaque-token')).principal.clientId).toBe('app');
  });

  it('of an issuer that nobody named causes no question (TOK-04)', async () => {
    answer = json(active());
    for (const issuer of ['https://evil.example', 'https://idp.example.org/', 'https://idp.example.org.evil']) {
      await expect(authenticate(jwtOf(issuer))).rejects.toMatchObject({ status: 401 });
    }
    expect(asked).toEqual([]);
  });

  it('is asked about once while it is used again and again', async () => {
    answer = json(active());
    const { authenticate: ask } = authenticator();
    const credentials = { rawHeaders: ['authorization', 'bearer opaque'], url: '/' };
    await Promise.all(Array.from({ length: 20 }, () => ask(credentials)));
    expect(asked).toHaveLength(1);
  });

  it.each([
    ['is not active', { active: false }],
    ['has another issuer', active({ iss: 'https://evil.example' })],
    ['is for another server', active({ aud: 'https://other.example/fhir' })],
    ['is for nobody in particular', active({ aud: undefined })],
    ['is for too many', active({ aud: [BASE, 'a', 'b', 'c'] })],
    ['has expired', active({ exp: seconds() - 60 })],
    ['never expires', active({ exp: undefined })],
    ['is of another kind', active({ token_type: 'mac' })],
    ['does not begin yet', active({ nbf: seconds() + 600 })],
    ['is bound to a key', active({ cnf: { jkt: 'x' } })],
  ])('is refused where it %s (INT-05)', async (_what, body) => {
    answer = json(body);
    await expect(authenticate('opaque')).rejects.toMatchObject({ status: 401 });
  });

  const FAULTS: readonly (readonly [string, (request: IncomingMessage, response: ServerResponse) => void])[] = [
    ['says "true"', json({ ...active(), active: 'true' })],
    ['says nothing of it', json({})],
    ['fails', (_request, response) => response.writeHead(500).end('{}')],
    ['sends elsewhere', (_request, response) => response.writeHead(302, { Location: 'http://127.0.0.1:1/' }).end()],
    ['answers with a page', (_request, response) => response.setHeader('Content-Type', 'text/html').end('<p>')],
    [
      'answers without end',
      (_request, response) => response.setHeader('Content-Type', 'application/json').end(`"${'x'.repeat(70_000)}"`),
    ],
    ['hangs up', (request) => request.socket.destroy()],
  ];

  it.each(FAULTS)('is not judged while the issuer %s: 503, never 401 (INT-05, TOK-17)', async (_what, fault) => {
    answer = fault;
    await expect(authenticate('opaque')).rejects.toMatchObject({ status: 503, hints: { retryAfterSeconds: 5 } });
  });
});

describe('asking an issuer', () => {
  it.each(['http://idp.example.org/keys', 'http://127.0.0.1.evil.example/', 'http://localhost@evil.example/'])(
    'at %s is refused: https only, but for this machine',
    async (url) => {
      await expect(fetchJson({ url })).rejects.toThrow('https');
    },
  );
});
