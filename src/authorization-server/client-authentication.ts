/** Who calls introspection and revocation (RFC 6749, 2.3; RFC 7523; SMART App Launch 2.2, token-introspection.html). */
import { createHash, timingSafeEqual } from 'node:crypto';
import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose';
import { ASSERTION_ALGORITHMS, assertionFault, CLOCK_TOLERANCE } from './client-assertion.ts';
import type { Exchange } from './exchange.ts';
import { LIFETIMES, secondsFromNow } from './lifetimes.ts';
import type { Parts } from './parts.ts';
import { hashSecret, type RegisteredClient } from './registered-client.ts';

interface Call {
  readonly exchange: Exchange;
  readonly form: URLSearchParams;
}

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** The client, where it proves who it is; a public one where it only says so. */
export async function authenticateClient(
  parts: Parts,
  { exchange, form }: Call,
): Promise<RegisteredClient | undefined> {
  const assertion = form.get('client_assertion');
  if (assertion === null) return bySecret(parts, readBasic(exchange) ?? readFields(form));
  return form.get('client_assertion_type') === ASSERTION_TYPE ? byAssertion(parts, exchange, assertion) : undefined;
}

interface Credentials {
  readonly id: string;
  /** Null where none is given. */
  readonly secret: string | null;
}

const readFields = (form: URLSearchParams): Credentials => ({
  id: form.get('client_id') ?? '',
  secret: form.get('client_secret'),
});

async function bySecret({ clients }: Parts, { id, secret }: Credentials): Promise<RegisteredClient | undefined> {
  const client = await clients.find(id);
  if (client?.authentication.method === 'none') return secret === null ? client : undefined;
  if (client?.authentication.method !== 'secret' || secret === null) return undefined;
  return isSame(hashSecret(secret), client.authentication.hash) ? client : undefined;
}

function readBasic({ request }: Exchange): Credentials | undefined {
  const [, encoded] = /^Basic ([A-Za-z0-9+/]+=*)$/i.exec(request.headers.authorization ?? '') ?? [];
  if (encoded === undefined) return undefined;
  const [, id = '', secret = ''] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString('utf8')) ?? [];
  return { id: formDecode(id), secret: formDecode(secret) };
}

/** RFC 6749, 2.3.1: both halves are form-encoded. */
const formDecode = (text: string): string => new URLSearchParams(`v=${text.replaceAll('&', '%26')}`).get('v') ?? '';

function isSame(actual: string, expected: string): boolean {
  const [one, other] = [Buffer.from(actual), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}

async function byAssertion(parts: Parts, { path }: Exchange, text: string): Promise<RegisteredClient | undefined> {
  try {
    const { iss = '', aud } = decodeJwt(text);
    const client = await parts.clients.find(iss);
    if (client?.authentication.method !== 'private-key') return undefined;
    const { keys } = client.authentication;
    const known = await parts.clientKeys(keys);
    const rules = { algorithms: [...ASSERTION_ALGORITHMS], clockTolerance: CLOCK_TOLERANCE };
    const { payload, protectedHeader } = await jwtVerify(text, createLocalJWKSet({ keys: [...known] }), rules);
    const here = parts.addresses.url(path);
    const fault = assertionFault(
      { header: protectedHeader, claims: payload },
      {
        clientId: client.id,
        // Made for the token endpoint, as SMART has it, or for this one.
        audience: aud === here ? here : parts.addresses.url('/token'),
        keysUrl: keys.kind === 'url' ? keys.url : undefined,
        kids: known.map(({ kid }) => kid),
        now: Math.floor(Date.now() / 1000),
      },
    );
    return fault === undefined && (await isFirstUse(parts, iss, `${payload.jti}`)) ? client : undefined;
  } catch {
    return undefined;
  }
}

/** Under the name that the token endpoint uses, so that an assertion is good for one of them, once. */
function isFirstUse({ records }: Parts, issuer: string, tokenId: string): Promise<boolean> {
  const id = createHash('sha256').update(`${issuer}${tokenId}`).digest('base64url');
  return records.insert('ReplayDetection', id, { content: {}, expiresAt: secondsFromNow(2 * LIFETIMES.launch) });
}
