/** The door: every route asks for a token, browsers are told what they may do, and too much is refused early. */
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { servedInteractions } from '../../../src/definitions/server.ts';
import { DEFAULT_SETTINGS } from '../../../src/interactions/perform.ts';
import { asPatient, asSystem } from '../../support/issuer.ts';
import { BASE_URL } from '../../support/jenner.ts';
import { recordOf, startWorld, type World } from './world.ts';

const smartConfiguration = {
  authorization_endpoint: 'https://idp.example.org/auth',
  token_endpoint: 'https://idp.example.org/token',
  revocation_endpoint: 'https://idp.example.org/revoke',
};

let world: World;
beforeAll(async () => {
  world = await startWorld([...recordOf('a'), ...recordOf('b')], {
    settings: { ...DEFAULT_SETTINGS, smartConfiguration },
    corsOrigins: ['https://app.example.org'],
    maxBody: 1_000_000,
  });
});
afterAll(() => world.server.close());

/** Every route that is served, for a resource of patient b, and some that are not. */
const routes = [
  ...Object.entries(servedInteractions).flatMap(([, { requests }]) =>
    requests.map(({ method, path }) => ({
      method,
      path: path.replace('[type]', 'Immunization').replace('[id]', 'imm-b').replace('[vid]', '1'),
    })),
  ),
  ...[
    'Immunization/$meta',
    'Immunization/imm-b/$meta',
    '$meta',
    'Patient/b/$everything',
    'Patient/b/$immds-forecast',
  ].map((path) => ({ method: 'GET' as const, path })),
  ...['Immunization/$validate', 'Immunization/imm-b/$meta-add', '$immds-forecast'].map((path) => ({
    method: 'POST' as const,
    path,
  })),
  { method: 'GET', path: 'Unknown/1' },
  { method: 'GET', path: 'a/b/c/d' },
  { method: 'DELETE', path: 'metadata' },
  { method: 'GET', path: '%6detadata' },
  { method: 'GET', path: 'metadata/' },
  { method: 'POST', path: '.well-known/smart-configuration' },
].filter(({ method, path }) => !(method === 'GET' && path === 'metadata'));

const ask = (method: string, path: string, authorization?: string) => {
  const verb = method.toLowerCase() as 'get' | 'post' | 'put' | 'patch' | 'delete';
  const request = world.server.fhir[verb](`/fhir/${path}`);
  return authorization === undefined ? request : request.set('Authorization', authorization);
};

describe.each(routes)('$method [base]/$path', ({ method, path }) => {
  it('is 401 without a token and with a bad one (TOK-01)', async () => {
    const none = await ask(method, path);
    expect([none.status, none.body.issue[0].code]).toEqual([401, 'login']);
    expect(none.headers['www-authenticate']).toBe(`Bearer realm="${BASE_URL}"`);
    const bad = await ask(method, path, 'Bearer a.b.c');
    expect([bad.status, bad.headers['www-authenticate']?.includes('invalid_token')]).toEqual([401, true]);
  });

  it('gives nothing to a token without scope, or of another patient (CMP-01)', async () => {
    for (const claims of [{ ...asPatient('a'), scope: 'openid' }, asPatient('a')]) {
      const answer = await ask(method, path, `Bearer ${await world.issuer.sign(claims)}`);
      expect(answer.status === 204 || answer.status === 200 || answer.status >= 400).toBe(true);
      expect(answer.text).not.toMatch(/lot-b|Family-b|Patient\/b"/);
    }
  });
});

describe('a browser', () => {
  it('of any origin may find out what this server is (DIS-05)', async () => {
    for (const path of ['metadata', '.well-known/smart-configuration']) {
      const answer = await world.server.get(path).set('Origin', 'https://anybody.example');
      expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([200, '*']);
    }
  });

  it('of a registered origin may read records, of another not, and never with cookies (DIS-05)', async () => {
    const preflight = (origin: string) =>
      world.server.fhir.options('/fhir/Patient').set({
        Origin: origin,
        'Access-Control-Request-Method': 'GET',
        'Access-Control-Request-Headers': 'authorization',
      });
    const known = await preflight('https://app.example.org');
    expect([known.status, known.headers['access-control-allow-origin']]).toEqual([204, 'https://app.example.org']);
    expect(known.headers['access-control-allow-headers']).toContain('Authorization');
    expect(known.headers['access-control-allow-credentials']).toBeUndefined();
    const unknown = await preflight('https://evil.example');
    expect(unknown.headers['access-control-allow-origin']).toBeUndefined();
    const answer = await world.server.get('Patient').set('Origin', 'https://app.example.org');
    expect(answer.headers['access-control-expose-headers']).toContain('WWW-Authenticate');
  });

  it('keeps nothing and takes answers for nothing else (SRC-23, OPS-02)', async () => {
    const as = await world.as(asPatient('a'));
    for (const answer of [await as.get('Patient/a'), await as.get('Patient'), await as.get('Patient/b')]) {
      expect(answer.headers).toMatchObject({
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      });
      expect(answer.headers['x-powered-by']).toBeUndefined();
    }
  });
});

describe('an app', () => {
  it('finds the authorization server, whatever it accepts (DIS-01)', async () => {
    const answer = await world.server.get('.well-known/smart-configuration').set('Accept', 'application/fhir+xml');
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/json']);
    expect(JSON.parse(answer.text)).toEqual(smartConfiguration);
  });

  it('finds it in the CapabilityStatement too', async () => {
    const [{ security }] = (await world.server.get('metadata')).body.rest;
    expect(security.service[0].coding[0].code).toBe('SMART-on-FHIR');
    const uris = security.extension[0].extension.map(({ url, valueUri }: Record<string, string>) => [url, valueUri]);
    expect(uris).toEqual([
      ['authorize', 'https://idp.example.org/auth'],
      ['token', 'https://idp.example.org/token'],
      ['revoke', 'https://idp.example.org/revoke'],
    ]);
  });
});

describe('a page link', () => {
  it('belongs to who asked for it (SRC-07)', async () => {
    const system = await world.as(asSystem());
    const { body } = await system.get('Immunization?_count=1');
    const next = body.link
      .find(({ relation }: { relation: string }) => relation === 'next')
      .url.slice(BASE_URL.length + 1);
    expect((await system.get(next)).status).toBe(200);
    expect((await (await world.as(asPatient('a'))).get(next)).status).toBe(400);
    const other = await world.as({ ...asSystem(), sub: 'other', client_id: 'other' });
    expect((await other.get(next)).status).toBe(400);
    expect((await (await world.as(asSystem('system/Immunization.rs'))).get(next)).status).toBe(400);
    expect((await (await world.as(asSystem())).get(next)).status).toBe(200);
    const altered = next.replace(/(_cursor=.{20})./, (_whole: string, start: string) => `${start}-`);
    expect((await system.get(`${altered}x`)).status).toBe(400);
  });
});

describe('names and values of a query', () => {
  const NAMES = [
    '__proto__',
    'constructor',
    'hasOwnProperty',
    'toString',
    '_id[$ne]',
    'patient[$gt]',
    'name[$regex]',
    '$where',
    'c',
    's_patient',
    '_sort=$$$&x',
  ];
  it.each(NAMES)('%s is at most an unknown parameter (INJ-01, INJ-04)', async (name) => {
    const as = await world.as(asPatient('a'));
    const path = `Immunization?${name.includes('=') ? name : `${encodeURIComponent(name)}=x`}`;
    expect((await as.get(path)).status).toBe(400);
    const posted = await world.server.fhir
      .post('/fhir/Immunization/_search')
      .set('Authorization', `Bearer ${as.token}`)
      .type('form')
      .send(path.split('?')[1] ?? '');
    expect(posted.status).toBe(400);
  });

  const VALUES = [
    '{"$ne":null}',
    '[$ne]',
    '$where:1',
    '.*',
    '(a+)+$',
    '\\',
    '^',
    '%00',
    "';return true;//",
    '{$gt:""}',
  ];
  it.each(VALUES)('%s is text like any other (INJ-01, INJ-05)', async (value) => {
    const as = await world.as(asPatient('a'));
    const text = value === '%00' ? value : encodeURIComponent(value);
    for (const path of [`Immunization?lot-number=${text}`, `Patient?family=${text}`, `Immunization?status=${text}`]) {
      const answer = await as.get(path);
      expect([path, answer.status < 500, answer.body.entry]).toEqual([path, true, undefined]);
    }
  });

  it.each(['_sort=c', '_sort=sv', '_elements=sec.x', '_count=-1', '_count=NaN', '_count=1e9', '_count='])(
    '%s gets no further than the specification (INJ-06)',
    async (query) => {
      const as = await world.as(asPatient('a'));
      const answer = await as.get(`Immunization?${query}`);
      expect(answer.status < 500).toBe(true);
      expect(answer.text).not.toContain('imm-b');
    },
  );

  it('are never so many that the database drowns (DOS-04)', async () => {
    const as = await world.as(asSystem());
    const many = Array.from({ length: 3000 }, (_, index) => `x${index}`).join(',');
    const post = (query: string) =>
      world.server.fhir
        .post('/fhir/Immunization/_search')
        .set('Authorization', `Bearer ${as.token}`)
        .type('form')
        .send(query);
    expect((await post(`_id=${many}`)).status).toBe(400);
    expect((await post(Array.from({ length: 200 }, () => 'status=completed').join('&'))).status).toBe(400);
    expect((await post(`_id=${many.split(',').slice(0, 500).join(',')}`)).status).toBe(200);
  });
});

describe('a body', () => {
  const own = (more: string) =>
    `{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/a"}${more}}`;

  it.each([',"__proto__":{"a":1}', ',"constructor":{"prototype":{"a":1}}', ',"$where":"1"', ',"a.b":"1"'])(
    'with %s changes nothing but itself (INJ-03)',
    async (more) => {
      const as = await world.as(asPatient('a'));
      const answer = await as.post('Observation', own(more) as unknown as object);
      expect(answer.status < 500).toBe(true);
      expect(({} as { a?: number }).a).toBeUndefined();
      if (answer.status === 201) expect((await as.get(`Observation/${answer.body.id}`)).status).toBe(200);
    },
  );

  it('that says a thing twice is refused (INJ-09)', async () => {
    const as = await world.as(asPatient('a'));
    expect(
      (await as.post('Observation', own(',"subject":{"reference":"Patient/b"}') as unknown as object)).status,
    ).toBe(400);
  });

  it('nested without end is refused, never a fault (DOS-01)', async () => {
    const as = await world.as(asPatient('a'));
    const deep = `${'{"extension":['.repeat(5000)}{}${']}'.repeat(5000)}`;
    expect((await as.post('Observation', own(`,"contained":[${deep}]`) as unknown as object)).status).toBe(400);
  });

  it('that is too large is refused, also where it came compressed (DOS-02, DOS-03)', async () => {
    const as = await world.as(asPatient('a'));
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    const answer = await fetch(`${world.server.base}/Observation`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${as.token}`,
        'Content-Type': 'application/fhir+json',
        'Content-Encoding': 'gzip',
      },
      body: bomb,
    });
    expect(answer.status).toBe(413);
    expect((await as.post('Observation', own(`,"note":"${'x'.repeat(1_100_000)}"`) as unknown as object)).status).toBe(
      413,
    );
  });

  it('is not read of who may not send it', async () => {
    const answer = await world.server.post('Observation', own(`,"note":"${'x'.repeat(1_100_000)}"`));
    expect(answer.status).toBe(401);
    expect((await world.server.get('metadata')).status).toBe(200);
  });
});

/** What a server answers to bytes, as they are. */
const raw = (text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const { port } = new URL(world.server.base);
    const socket = connect(Number(port), '127.0.0.1', () => socket.end(text, 'latin1'));
    let answer = '';
    socket.on('data', (data) => {
      answer += data.toString('latin1');
    });
    socket.on('close', () => resolve(answer)).on('error', reject);
  });

describe('a message that means two things', () => {
  it.each([
    ['two lengths', 'Content-Length: 4\r\nContent-Length: 30\r\n'],
    ['a length and chunks', 'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n'],
    ['a folded header', 'Authorization: Bearer\r\n x\r\n'],
    ['a header with a space before its colon', 'Authorization : Bearer x\r\n'],
    ['an obscure transfer encoding', 'Transfer-Encoding: xchunked\r\nContent-Length: 4\r\n'],
  ])('by %s is refused, and no second request is read of it', async (_what, headers) => {
    const smuggled = `GET /fhir/metadata HTTP/1.1\r\nHost: x\r\n\r\n`;
    const answer = await raw(`POST /fhir/Patient HTTP/1.1\r\nHost: x\r\n${headers}\r\n${smuggled}`);
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(answer).not.toContain('CapabilityStatement');
  });

  it('by a forged Host or forwarded header changes neither base nor audience (OPS-09)', async () => {
    const token = await world.issuer.sign(asPatient('a'));
    const answer = await world.server
      .get('Patient')
      .set({ Authorization: `Bearer ${token}`, Host: 'evil.example', 'X-Forwarded-Host': 'evil.example' });
    expect(answer.body.link[0].url).toBe(`${BASE_URL}/Patient`);
  });
});

describe('what a refusal says', () => {
  it('never holds what the request said, nor more than one line (ERR-01, ERR-04, INJ-07)', async () => {
    const as = await world.as({ ...asPatient('a'), scope: 'patient/Patient.rs?x="\r\nSet-Cookie: a=b' });
    const answers = [
      await as.get('Immunization/imm-a'),
      await as.get(`Patient?${encodeURIComponent('<script>\r\nX: y')}=1`),
      await as.get(`Patient/${encodeURIComponent('<b>')}`),
    ];
    for (const answer of answers) {
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.body.resourceType).toBe('OperationOutcome');
      expect(answer.headers['set-cookie']).toBeUndefined();
      expect(answer.headers['x-request-id']).toBeDefined();
      expect(answer.text).not.toMatch(/ at .*\.ts|mongodb|MongoError/);
    }
  });
});

describe('a client that asks too often', () => {
  it('is told when to come back, others are not kept waiting (DOS-07)', async () => {
    const busy = await startWorld(recordOf('a'), { rateLimit: 5 });
    const as = await busy.as(asPatient('a'));
    const answers = await Promise.all(Array.from({ length: 30 }, () => as.get('Patient/a')));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]?.headers['retry-after']).toBe('1');
    expect(refused[0]?.body.issue[0].code).toBe('throttled');
    expect((await (await busy.as({ ...asPatient('a'), client_id: 'other' })).get('Patient/a')).status).toBe(200);
    await busy.server.close();
  });
});

describe('tokens', () => {
  it('are in no log and no collection (TOK-22)', async () => {
    const as = await world.as({ ...asPatient('a'), jti: 'marked-token-id' });
    await as.get('Patient/a');
    await as.get('Immunization?unknown=1');
    const [, payload = '', signature = ''] = as.token.split('.');
    const { db } = world.server.jenner.database;
    for (const { name } of await db.listCollections().toArray()) {
      const text = JSON.stringify(await db.collection(name).find().limit(1000).toArray());
      expect([name, text.includes(signature), text.includes(payload)]).toEqual([name, false, false]);
    }
    expect(world.server.errors.join()).not.toContain(signature);
  });
});

describe('the sources', () => {
  it('build no query from code or expressions (INJ-02)', () => {
    const files = ['filter', 'type-search', 'combine', 'inquiry', 'select'];
    for (const file of files) {
      const text = readFileSync(new URL(`../../../src/storage/search/${file}.ts`, import.meta.url), 'utf8');
      expect(text).not.toMatch(/\$where|\$function|\$accumulator/);
    }
  });
});
