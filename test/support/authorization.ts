/** The composed application with its authorization server, apps, users and a family, and what an app does to get a token. */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { inject } from 'vitest';
import { startAccessControl } from '../../src/access-control.ts';
import { OPEN_ACCESS } from '../../src/auth/access-context.ts';
import type { AuthorizationServer } from '../../src/authorization-server/authorization-server.ts';
import { parseClientMetadata } from '../../src/authorization-server/client-metadata.ts';
import { registeredClients } from '../../src/authorization-server/clients.ts';
import type { RecordStore } from '../../src/authorization-server/record-store.ts';
import { recordedUsers } from '../../src/authorization-server/users.ts';
import { compose, composeApp, type Jenner } from '../../src/compose.ts';
import {
  authorizationRecords,
  composeAuthorization,
  embeddedConfiguration,
  embeddedIssuer,
  metadataPolicy,
} from '../../src/compose-authorization.ts';
import type { Config } from '../../src/config.ts';
import { parseResource } from '../../src/fhir/resource-content.ts';
import { listen } from '../../src/http/server.ts';
import { DEFAULT_SETTINGS } from '../../src/interactions/perform.ts';
import { createLog } from '../../src/log.ts';
import { projectRoot } from '../../src/project-root.ts';
import { type Browser, type BrowserPage, createBrowser } from './browser.ts';
import { newDatabaseName } from './jenner.ts';

export interface AuthorizationTestServer {
  readonly jenner: Jenner;
  readonly records: RecordStore;
  readonly authorization: AuthorizationServer;
  readonly origin: string;
  readonly issuer: string;
  readonly fhirBase: string;
  /** Log lines of warnings and errors. */
  readonly logged: readonly string[];
  /** A new browser, where nobody is logged in. */
  readonly browser: () => Browser;
  /** The browser of one person, who logs in once. */
  readonly browserOf: (user: string) => Browser;
  close(): Promise<void>;
}

export const PASSWORD = 'correct horse battery staple';
export const APP_REDIRECT = 'https://app.example.org/callback';
export const APP_SECRET = 'a secret that is long enough to be one';
const APP_SCOPE =
  'openid profile fhirUser offline_access online_access launch launch/patient patient/*.cruds user/*.cruds';

const USERS = [
  { name: 'nurse', displayName: 'Nora Nurse', role: 'nurse', fhirUsers: ['Practitioner/nora'] },
  { name: 'doctor', displayName: 'Dan Doctor', role: 'doctor', fhirUsers: ['Practitioner/dan'] },
  {
    name: 'parent',
    displayName: 'Paula Parent',
    role: 'parent',
    fhirUsers: ['Patient/paula', 'RelatedPerson/of-ben', 'RelatedPerson/of-eve', 'RelatedPerson/of-old'],
  },
  { name: 'patient', displayName: 'Ada Adult', role: 'patient', fhirUsers: ['Patient/ada'] },
] as const;

const patient = (id: string, given: string, birthDate: string) => ({
  resourceType: 'Patient',
  id,
  name: [{ family: 'Family', given: [given] }],
  birthDate,
  identifier: [{ system: 'urn:test', value: `N-${id}` }],
});
const related = (id: string, of: string, more: object) => ({
  resourceType: 'RelatedPerson',
  id,
  patient: { reference: `Patient/${of}` },
  active: true,
  ...more,
});

const RESOURCES = [
  { resourceType: 'Practitioner', id: 'nora', name: [{ family: 'Nurse' }] },
  { resourceType: 'Practitioner', id: 'dan', name: [{ family: 'Doctor' }] },
  patient('paula', 'Paula', '1990-01-01'),
  patient('ben', 'Ben', '2020-02-02'),
  patient('eve', 'Eve', '2022-03-03'),
  patient('old', 'Old', '2019-03-03'),
  patient('ada', 'Ada', '1980-04-04'),
  related('of-ben', 'ben', {}),
  related('of-eve', 'eve', { period: { start: '2022-03-03' } }),
  related('of-old', 'old', { period: { end: '2020-01-01' } }),
  {
    resourceType: 'Immunization',
    id: 'ben-mmr',
    status: 'completed',
    vaccineCode: { coding: [{ system: 'http://hl7.org/fhir/sid/cvx', code: '03' }] },
    patient: { reference: 'Patient/ben' },
    occurrenceDateTime: '2021-02-02',
  },
];

export type TestKey = Awaited<ReturnType<typeof generateTestKey>>;

export async function generateTestKey(alg: 'RS384' | 'ES384' | 'RS256', kid: string) {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, alg, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

export interface AuthorizationTestOptions {
  /** Client metadata beside that of the usual apps. */
  readonly clients?: readonly Readonly<Record<string, unknown>>[];
  readonly registration?: Config['registration'];
  /** The public base URL, where it is another than that of the port. */
  readonly fhirBase?: string;
}

export async function startAuthorizationServer(
  options: AuthorizationTestOptions = {},
): Promise<AuthorizationTestServer> {
  const logged: string[] = [];
  const browsers = new Map<string, Browser>();
  const log = createLog('warn', (line) => logged.push(line));
  const door = await listen(0, '127.0.0.1');
  const origin = `http://127.0.0.1:${door.port}`;
  const fhirBase = options.fhirBase ?? `${origin}/fhir`;
  const config = { clientsFile: undefined, registration: options.registration ?? 'off' } as const;
  const jenner = await compose({
    root: projectRoot(),
    uri: inject('mongodbUri'),
    databaseName: newDatabaseName(),
    baseUrl: fhirBase,
    log,
    settings: { ...DEFAULT_SETTINGS, smartConfiguration: embeddedConfiguration(config, fhirBase) },
  });
  const records = await authorizationRecords(jenner);
  await fill(jenner, records, fhirBase, options.clients ?? []);
  const authorization = await composeAuthorization(jenner, { config, baseUrl: fhirBase, log });
  const access = await startAccessControl(jenner, {
    issuers: [embeddedIssuer(authorization, fhirBase)],
    baseUrl: fhirBase,
    rateLimit: 1_000_000,
  });
  const app = { baseUrl: fhirBase, maxBody: 1_000_000, corsOrigins: [] };
  door.open(composeApp(jenner, { config: app, access, authorization, log }));
  return {
    jenner,
    records,
    authorization,
    origin,
    issuer: authorization.issuer,
    fhirBase,
    logged,
    browser: () => createBrowser(origin),
    browserOf: (user) => {
      const browser = browsers.get(user) ?? createBrowser(origin);
      browsers.set(user, browser);
      return browser;
    },
    close: async () => {
      authorization.close();
      access.stop();
      await door.close();
      await jenner.database.db.dropDatabase();
      await jenner.close();
    },
  };
}

const APPS = [
  {
    client_id: 'public-app',
    client_name: 'A public app',
    token_endpoint_auth_method: 'none',
    redirect_uris: [APP_REDIRECT],
    launch_url: 'https://app.example.org/launch',
    scope: APP_SCOPE,
  },
  {
    client_id: 'secret-app',
    client_name: 'An app with a secret',
    client_secret: APP_SECRET,
    redirect_uris: [APP_REDIRECT],
    launch_url: 'https://app.example.org/launch',
    scope: APP_SCOPE,
  },
];

async function fill(
  jenner: Jenner,
  records: RecordStore,
  baseUrl: string,
  more: NonNullable<AuthorizationTestOptions['clients']>,
): Promise<void> {
  for (const resource of RESOURCES) {
    const { resourceType, id } = resource;
    const content = parseResource(JSON.stringify(resource));
    await jenner.perform({ code: 'update', resourceType, id, resource: content }, { access: OPEN_ACCESS, baseUrl });
  }
  for (const user of USERS) await recordedUsers(records).save(user, PASSWORD);
  const clients = registeredClients(records, []);
  for (const metadata of [...APPS, ...more]) {
    await clients.save(parseClientMetadata(metadata, metadataPolicy(baseUrl)));
  }
}

export interface AuthorizationAsked {
  readonly client?: string;
  readonly scope?: string;
  /** Parameters to change; undefined leaves one out. */
  readonly params?: Readonly<Record<string, string | undefined>>;
}

export interface Asked {
  readonly url: string;
  readonly params: URLSearchParams;
  readonly verifier: string;
}

export const DEFAULT_SCOPE = 'openid fhirUser launch/patient offline_access patient/*.rs';

/** The authorization request of an app, with PKCE. */
export function askAuthorization(server: AuthorizationTestServer, asked: AuthorizationAsked = {}): Asked {
  const { client = 'public-app', scope = DEFAULT_SCOPE, params: changes = {} } = asked;
  const verifier = randomBytes(32).toString('base64url');
  const all = {
    response_type: 'code',
    client_id: client,
    redirect_uri: APP_REDIRECT,
    scope,
    state: 'some-state',
    aud: server.fhirBase,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...changes,
  };
  const given = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const params = new URLSearchParams(given);
  return { url: `${server.issuer}/authorize?${params}`, params, verifier };
}

export interface Decision {
  readonly user?: string;
  readonly patient?: string;
  /** Scopes to untick. */
  readonly without?: readonly string[];
  readonly deny?: boolean;
}

/** Goes through login, choice of patient and approval, as far as the server asks for them. */
export async function decide(browser: Browser, start: BrowserPage, decision: Decision = {}): Promise<BrowserPage> {
  const { user = 'nurse', patient: chosen = 'ben', without = [], deny = false } = decision;
  let page = start;
  if (page.text.includes('name="password"')) page = await browser.submit(page, { name: user, password: PASSWORD });
  if (page.text.includes('role="search"')) page = await browser.submit(page, { name: 'Family' });
  if (page.text.includes('name="patient"')) {
    page = await browser.submit(page, { patient: chosen }, page.text.includes('role="search"') ? 1 : 0);
  }
  if (!page.text.includes('name="scope"')) return page;
  const scopes = scopesOn(page).filter((scope) => !without.includes(scope));
  return browser.submit(page, { scope: scopes, decision: deny ? 'deny' : 'approve' });
}

export const scopesOn = ({ text }: BrowserPage): readonly string[] =>
  [...text.matchAll(/name="scope" value="([^"]*)"/g)].map(([, scope = '']) => scope.replace(/&amp;/g, '&'));

/** The parameters with which the server sent the browser back to the app. */
export const answerIn = ({ url }: BrowserPage): URLSearchParams => new URL(url).searchParams;

export interface TokenAnswer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: an answer that tests look into
  readonly body: any;
}

export async function callToken(
  server: AuthorizationTestServer,
  fields: Readonly<Record<string, string>>,
  headers: Record<string, string> = {},
): Promise<TokenAnswer> {
  const response = await fetch(`${server.issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams(fields),
    headers,
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
}

export interface Redeeming {
  readonly code: string;
  readonly verifier: string;
  readonly client?: string;
}

export const redemption = ({ code, verifier, client = 'public-app' }: Redeeming): Record<string, string> => ({
  grant_type: 'authorization_code',
  code,
  redirect_uri: APP_REDIRECT,
  code_verifier: verifier,
  ...(client === 'secret-app' ? {} : { client_id: client }),
});

export const basic = (id: string, secret: string): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`,
});

export const credentialsOf = (client: string): Record<string, string> =>
  client === 'secret-app' ? basic(client, APP_SECRET) : {};

/** A code, as the app gets it, and what it needs to redeem it. */
export async function getCode(
  server: AuthorizationTestServer,
  asked: AuthorizationAsked & Decision = {},
  browser = server.browserOf(asked.user ?? 'nurse'),
): Promise<Redeeming> {
  const { url, verifier } = askAuthorization(server, asked);
  const page = await decide(browser, await browser.open(url), asked);
  const code = page.url.startsWith(APP_REDIRECT) ? answerIn(page).get('code') : null;
  if (code === null) throw new Error(`no code: ${page.status} ${page.url} ${page.text}`);
  return { code, verifier, ...(asked.client === undefined ? {} : { client: asked.client }) };
}

/** The whole way to a token. */
export async function getToken(
  server: AuthorizationTestServer,
  asked: AuthorizationAsked & Decision = {},
  browser = server.browserOf(asked.user ?? 'nurse'),
): Promise<TokenAnswer> {
  const redeeming = await getCode(server, asked, browser);
  return callToken(server, redemption(redeeming), credentialsOf(asked.client ?? 'public-app'));
}

export interface AssertionChanges {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
}

/** A client assertion that is right but for the changes. */
export function signAssertion(
  server: AuthorizationTestServer,
  clientId: string,
  key: TestKey,
  { claims = {}, header = {} }: AssertionChanges = {},
): Promise<string> {
  const exp = Math.floor(Date.now() / 1000) + 240;
  const all = { iss: clientId, sub: clientId, aud: `${server.issuer}/token`, jti: randomUUID(), exp, ...claims };
  return new SignJWT(all)
    .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: 'JWT', ...header })
    .sign(key.privateKey);
}

export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

export const backendRequest = (assertion: string, scope: string | undefined): Record<string, string> => ({
  grant_type: 'client_credentials',
  client_assertion_type: ASSERTION_TYPE,
  client_assertion: assertion,
  ...(scope === undefined ? {} : { scope }),
});
