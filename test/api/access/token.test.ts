/** Which access tokens count, told over HTTP: everything else is 401, and says nothing about why. */
import { createPublicKey, randomBytes } from 'node:crypto';
import { CompactEncrypt, exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { revocationKey } from '../../../src/tokens/revocations.ts';
import { asPatient, type Claims, ISSUER } from '../../support/issuer.ts';
import { BASE_URL, startTestServer, type TestServer } from '../../support/jenner.ts';
import { recordOf, startWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld(recordOf('a'));
});
afterAll(() => world.server.close());

const now = (): number => Math.floor(Date.now() / 1000);
const own = asPatient('a');
const send = (authorization: string) => world.server.get('Patient/a').set('Authorization', authorization);
const answerTo = async (claims: Claims, header?: Record<string, unknown>) =>
  send(`Bearer ${await world.issuer.sign({ ...own, ...claims }, header)}`);

/** A foreign key pair signs what the issuer would. */
async function forged(header: object, algorithm = 'ES256'): Promise<string> {
  const { privateKey } = await generateKeyPair(algorithm);
  const payload: JWTPayload = {
    ...(own as object),
    iss: ISSUER,
    aud: BASE_URL,
    client_id: 'app',
    sub: 'u',
    jti: 'x',
    iat: now(),
    exp: now() + 60,
  };
  return new SignJWT(payload)
    .setProtectedHeader({ alg: algorithm, typ: 'at+jwt', kid: 'test-key', ...header })
    .sign(privateKey);
}

describe('a request without a usable token', () => {
  it('is told that one is needed, without an error (TOK-01, ERR-02)', async () => {
    const answer = await world.server.get('Patient/a');
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe(`Bearer realm="${BASE_URL}"`);
    expect(answer.body.issue[0].code).toBe('login');
  });

  it('of another scheme is told the same', async () => {
    const answer = await send('Basic dXNlcjpwYXNz');
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([401, `Bearer realm="${BASE_URL}"`]);
  });

  it.each(['Bearer', 'Bearer ', 'Bearer a b', 'Bearer ä', `Bearer ${'x'.repeat(16_000)}€`])(
    'with the malformed %j is 401 invalid_token',
    async (authorization) => {
      const answer = await world.server
        .get('Patient/a')
        .set('Authorization', Buffer.from(authorization).toString('latin1'));
      expect([answer.status, answer.body.issue[0].code]).toEqual([401, 'login']);
      expect(answer.headers['www-authenticate']).toContain('error="invalid_token"');
    },
  );

  it('has its token in the header alone: never in the query, twice, joined or in a cookie (TOK-14)', async () => {
    const token = await world.issuer.sign(own);
    const get = (path: string) => world.server.get(path);
    const ambiguous = [
      await get(`Patient/a?access_token=${token}`),
      await get(`Patient/a?access_token=${token}`).set('Authorization', `Bearer ${token}`),
      await send(`Bearer ${token}, Bearer ${token}`),
      await get('Patient/a').set('Authorization', [`Bearer ${token}`, `Bearer ${token}`] as unknown as string),
    ];
    for (const answer of ambiguous) {
      expect(answer.status).toBe(400);
      expect(answer.headers['www-authenticate']).toContain('error="invalid_request"');
    }
    expect((await get('Patient/a').set('Cookie', `access_token=${token}`)).status).toBe(401);
    const form = await world.server.fhir.post('/fhir/Patient/_search').type('form').send(`access_token=${token}`);
    expect(form.status).toBe(401);
  });
});

describe('the claims of a token', () => {
  it('let in who the issuer vouches for', async () => {
    expect((await answerTo({})).status).toBe(200);
  });

  it.each([
    ['no expiry', { exp: undefined }],
    ['an expiry that is text', { exp: String(now() + 60) }],
    ['a start in the future', { nbf: now() + 120 }],
    ['an issue in the future', { iat: now() + 120 }],
    ['no instant of issue', { iat: undefined }],
  ] as const)('with %s are refused (TOK-02)', async (_what, claims) => {
    const answer = await answerTo(claims);
    expect([answer.status, answer.body.issue[0].code]).toEqual([401, 'unknown']);
  });

  it('that have expired are told to be expired (TOK-02)', async () => {
    const answer = await answerTo({ iat: now() - 600, exp: now() - 60 });
    expect([answer.status, answer.body.issue[0].code]).toEqual([401, 'expired']);
    expect(answer.headers['www-authenticate']).toContain('error="invalid_token", error_description="');
  });

  it('of a token that lives too long are refused (TOK-03)', async () => {
    expect((await answerTo({ exp: now() + 315_360_000 })).status).toBe(401);
  });

  it.each(['https://other.example.org', `${ISSUER}/`, `${ISSUER}.evil`, ISSUER.toUpperCase(), [ISSUER], undefined])(
    'name the issuer to the letter, not %j (TOK-04)',
    async (iss) => {
      expect((await answerTo({ iss })).status).toBe(401);
    },
  );

  it.each([
    undefined,
    'https://other.example.org/fhir',
    `${BASE_URL}/`,
    BASE_URL.slice(0, -1),
    `${BASE_URL}x`,
    [BASE_URL, 'a', 'b', 'c'],
  ])('name this server as audience, not %j (TOK-05, TOK-19)', async (aud) => {
    expect((await answerTo({ aud })).status).toBe(401);
  });

  it.each([
    ['an id token', { typ: 'JWT' }, { nonce: 'n', fhirUser: 'Patient/a' }],
    ['a token without a type', { typ: undefined }, {}],
    ['a logout token', { typ: 'logout+jwt' }, {}],
    ['a client assertion', { typ: 'JWT' }, { iss: 'app', sub: 'app' }],
  ])('of %s don’t count as those of an access token (TOK-06)', async (_what, header, claims) => {
    expect((await answerTo(claims, header)).status).toBe(401);
  });

  it.each([{ $ne: 1 }, ['a'], 'Patient/a', 'x'.repeat(65), ''])(
    'with the patient %j give no access (TOK-23)',
    async (patient) => {
      expect((await answerTo({ patient })).status).toBe(403);
    },
  );

  it.each([7, { a: 1 }, ['patient/*.rs'], [['patient/*.rs']]])(
    'with the scope %j are refused (TOK-24)',
    async (scope) => {
      expect((await answerTo({ scope })).status).toBe(401);
    },
  );

  it('of a token that is bound to a key are refused (TOK-25)', async () => {
    expect((await answerTo({ cnf: { jkt: 'x' } })).status).toBe(401);
  });

  it('with names that objects have change nothing (TOK-15)', async () => {
    const claims = JSON.parse('{"__proto__":{"patient":"b"},"constructor":"x","toString":"y","hasOwnProperty":1}');
    expect((await answerTo(claims)).status).toBe(200);
    expect((await answerTo({ ...claims, patient: undefined, scope: 'patient/*.rs' })).status).toBe(403);
  });
});

describe('the signature of a token', () => {
  it.each([
    ['of another key', {}],
    ['with the key in its header', { jwk: { kty: 'EC' } }],
    ['with the place of a key in its header (TOK-09)', { jku: 'https://evil.example/keys' }],
    ['with a certificate’s place in its header (TOK-09)', { x5u: 'https://evil.example/cert' }],
    ['with a certificate in its header (TOK-09)', { x5c: ['AAAA'] }],
  ])('%s is refused', async (_what, header) => {
    const { publicKey } = await generateKeyPair('ES256', { extractable: true });
    const embedded = 'jwk' in header ? { jwk: await exportJWK(publicKey) } : header;
    expect((await send(`Bearer ${await forged(embedded)}`)).status).toBe(401);
  });

  it('is of an algorithm that counts, with a key of its kind (TOK-07)', async () => {
    const [key] = world.issuer.keys.keys;
    const spki = createPublicKey({ key: key ?? {}, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
    const payload: JWTPayload = {
      ...(own as object),
      iss: ISSUER,
      aud: BASE_URL,
      client_id: 'app',
      sub: 'u',
      iat: now(),
      exp: now() + 60,
    };
    const secrets = [Buffer.from(String(spki)), Buffer.from(key?.x ?? ''), Buffer.from(JSON.stringify(key))];
    const symmetric = await Promise.all(
      secrets.map((secret) =>
        new SignJWT(payload).setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: 'test-key' }).sign(secret),
      ),
    );
    const none = new UnsecuredJWT(payload).encode();
    const disguised = ['none', 'nOnE', 'NONE'].map(
      (alg) => `${Buffer.from(JSON.stringify({ alg, typ: 'at+jwt' })).toString('base64url')}.${none.split('.')[1]}.`,
    );
    const others = [await forged({}, 'RS256'), await forged({}, 'ES384'), await forged({}, 'EdDSA')];
    for (const token of [none, ...disguised, ...symmetric, ...others]) {
      expect((await send(`Bearer ${token}`)).status).toBe(401);
    }
  });

  it('is not replaced by encryption, nesting or unknown rules (TOK-10)', async () => {
    const signed = await world.issuer.sign(own);
    const encrypted = await new CompactEncrypt(Buffer.from(signed))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', cty: 'JWT' })
      .encrypt(randomBytes(32));
    const nested = `${signed.split('.')[0]}.${Buffer.from(signed).toString('base64url')}.${signed.split('.')[2]}`;
    const critical = forgedHeader(signed, { crit: ['unknown'], unknown: true });
    const plain = forgedHeader(signed, { crit: ['b64'], b64: false });
    for (const token of [encrypted, nested, critical, plain, `${signed}x`, signed.slice(0, -9)]) {
      expect((await send(`Bearer ${token}`)).status).toBe(401);
    }
  });

  it.each([undefined, '../../etc/passwd', { a: 1 }, '\0', 'x'.repeat(8000), 7])(
    'with the key id %j is at worst refused (TOK-11)',
    async (kid) => {
      const token = await world.issuer.sign(own);
      const header = { alg: 'ES256', typ: 'at+jwt', kid };
      const parts = [Buffer.from(JSON.stringify(header)).toString('base64url'), ...token.split('.').slice(1)];
      expect((await send(`Bearer ${parts.join('.')}`)).status).toBe(401);
    },
  );
});

function forgedHeader(token: string, header: object): string {
  const [, payload, signature] = token.split('.');
  const text = JSON.stringify({ alg: 'ES256', typ: 'at+jwt', kid: 'test-key', ...header });
  return `${Buffer.from(text).toString('base64url')}.${payload}.${signature}`;
}

type Ask = () => Promise<{ readonly status: number }>;

const untilRefused = async (ask: Ask): Promise<void> => {
  while ((await ask()).status !== 401) await new Promise((resolve) => setTimeout(resolve, 50));
};

/** Sixteen of these end in the same bytes. */
const LAST = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const spellings = (token: string): readonly string[] => [
  ...[...LAST].map((character) => `${token.slice(0, -1)}${character}`),
  `${token}=`,
  `${token}==`,
];

describe('revocation', () => {
  it.each([
    ['token', { tokenId: 'revoked-token' }],
    ['grant', { grant: 'revoked-grant' }],
  ] as const)('of a %s ends it on every server, however it is spelled (TOK-13, TOK-20)', async (_what, revoked) => {
    const databaseName = world.server.jenner.database.db.databaseName;
    const other = await startTestServer({ issuers: [world.issuer.issuer], databaseName });
    const token = await world.issuer.sign({
      ...own,
      jti: 'revoked-token',
      grant: 'revoked-grant',
      ...distinct(revoked),
    });
    const asks = [world.server, other].map((server) => askWith(server, token));
    for (const ask of asks) expect((await ask()).status).toBe(200);
    const key = revocationKey({ issuer: ISSUER, ...revoked });
    await world.server.jenner.revocations.revoke({ key, until: Date.now() + 3_600_000 });
    for (const ask of asks) await untilRefused(ask);
    for (const spelled of spellings(token)) expect((await send(`Bearer ${spelled}`)).status).toBe(401);
    await other.close();
  });
});

/** So that only what is revoked names the token. */
const distinct = (revoked: object) => ('tokenId' in revoked ? { grant: 'another-grant' } : { jti: 'another-token' });

const askWith =
  (server: TestServer, token: string): Ask =>
  async () =>
    server.get('Patient/a').set('Authorization', `Bearer ${token}`);
