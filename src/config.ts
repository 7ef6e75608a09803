/** The environment as one validated, frozen configuration. The schema below is also what the README's table says. */
import { fileURLToPath } from 'node:url';
import { Ajv, type ErrorObject } from 'ajv';
import type { LogLevel } from './log.ts';
import type { PolicyAction, ProfilePolicy, ValidationPolicy } from './validation/policy.ts';

export interface Config {
  readonly port: number;
  readonly host: string;
  /** Undefined: the embedded engine is used. */
  readonly mongodbUri: string | undefined;
  /** Directory of the embedded engine's data. */
  readonly dataDirectory: string;
  /** Whether an empty database gets the demonstration jurisdiction. */
  readonly demo: boolean;
  /** Whether requests need an access token. */
  readonly auth: 'smart' | 'off';
  /** The file that names the issuers of access tokens. */
  readonly issuersFile: string | undefined;
  /** Requests a second of one client. */
  readonly rateLimit: number;
  /** Whether this server is an authorization server too. */
  readonly authorizationServer: boolean;
  /** A JSON file of clients that the embedded authorization server knows. */
  readonly clientsFile: string | undefined;
  /** Who may register clients by request. */
  readonly registration: 'off' | 'open' | { readonly token: string };
  /** Whether forecasts are stored and kept up to date. */
  readonly forecast: boolean;
  /** The public FHIR base URL; undefined: as the client wrote it. */
  readonly baseUrl: string | undefined;
  /** Bytes of a request body. */
  readonly maxBody: number;
  readonly logLevel: LogLevel;
  /** Whether a conditional delete may delete several resources. */
  readonly conditionalDelete: 'single' | 'multiple';
  /** Entries of a Bundle, at most. */
  readonly maxEntries: number;
  /** Origins of the web pages that may read answers. */
  readonly corsOrigins: '*' | readonly string[];
  /** What becomes of what is found against profiles and the rules of data quality. */
  readonly validation: ValidationPolicy;
}

/** What can be set. Every value arrives as text; numbers are converted. */
const SCHEMA = {
  type: 'object',
  properties: {
    PORT: { type: 'integer', minimum: 0, maximum: 65535, default: 8080 },
    HOST: { type: 'string', minLength: 1, default: '127.0.0.1' },
    MONGODB_URI: { type: 'string', pattern: '^mongodb(\\+srv)?://' },
    JENNER_DATA_DIR: { type: 'string', minLength: 1 },
    JENNER_DEMO: { type: 'string', enum: ['on', 'off'] },
    JENNER_AUTH: { type: 'string', enum: ['smart', 'off'] },
    JENNER_ISSUERS: { type: 'string', minLength: 1 },
    JENNER_RATE_LIMIT: { type: 'integer', minimum: 1, maximum: 1000000, default: 5000 },
    JENNER_AUTHORIZATION_SERVER: { type: 'string', enum: ['on', 'off'] },
    JENNER_CLIENTS: { type: 'string', minLength: 1 },
    JENNER_REGISTRATION: { type: 'string', pattern: '^(off|open|[!-~]{32,})$', default: 'off' },
    JENNER_FORECAST: { type: 'string', enum: ['on', 'off'], default: 'on' },
    JENNER_BASE_URL: { type: 'string', pattern: '^https?://[^\\s?#]+[^\\s?#/]$' },
    JENNER_MAX_BODY: { type: 'integer', minimum: 1024, maximum: 1073741824, default: 50 * 1024 * 1024 },
    JENNER_CONDITIONAL_DELETE: { type: 'string', enum: ['single', 'multiple'], default: 'single' },
    JENNER_MAX_ENTRIES: { type: 'integer', minimum: 1, maximum: 1000000, default: 10000 },
    JENNER_CORS_ORIGINS: {
      type: 'string',
      pattern: '^(none|\\*|https?://[^\\s,/]+(,https?://[^\\s,/]+)*)$',
      default: 'none',
    },
    JENNER_PROFILES: {
      type: 'string',
      pattern: '^[a-z]+:[^\\s,]+=(enforce|warn|off)(\\s*,\\s*[a-z]+:[^\\s,]+=(enforce|warn|off))*$',
    },
    JENNER_CLAIMED_PROFILES: { type: 'string', enum: ['enforce', 'warn', 'off'], default: 'warn' },
    JENNER_DATA_QUALITY: { type: 'string', enum: ['enforce', 'warn', 'off'], default: 'warn' },
    JENNER_LOG: { type: 'string', enum: ['error', 'warn', 'info', 'debug'], default: 'info' },
  },
} as const;

/** What a value must be, for those who set another. */
const EXPECTED: Readonly<Record<string, string>> = {
  PORT: 'a port number, 0 to 65535 (0 takes any free one)',
  HOST: 'an address to listen on',
  MONGODB_URI: 'a connection string that begins with mongodb:// or mongodb+srv://',
  JENNER_DATA_DIR: 'a folder',
  JENNER_DEMO: 'on or off',
  JENNER_AUTH: 'smart or off',
  JENNER_ISSUERS: 'a JSON file that names the issuers of access tokens (docs/security.md)',
  JENNER_RATE_LIMIT: 'requests a second of one client, 1 to 1000000',
  JENNER_AUTHORIZATION_SERVER: 'on or off',
  JENNER_CLIENTS: 'a JSON file of clients',
  JENNER_REGISTRATION: 'off, open, or the token that registration asks for, of 32 characters or more',
  JENNER_FORECAST: 'on or off',
  JENNER_BASE_URL: 'an http or https URL without a slash at its end',
  JENNER_MAX_BODY: 'a number of bytes, 1024 to 1073741824',
  JENNER_CONDITIONAL_DELETE: 'single or multiple',
  JENNER_MAX_ENTRIES: 'a number of entries, 1 to 1000000',
  JENNER_CORS_ORIGINS: 'none, * or origins such as https://app.example.org, joined by commas',
  JENNER_PROFILES: 'canonical URLs of profiles, each with =enforce, =warn or =off, joined by commas',
  JENNER_CLAIMED_PROFILES: 'enforce, warn or off',
  JENNER_DATA_QUALITY: 'enforce, warn or off',
  JENNER_LOG: 'error, warn, info or debug',
};

type Environment = Readonly<Record<string, string | undefined>>;

interface Settings {
  readonly PORT: number;
  readonly HOST: string;
  readonly MONGODB_URI?: string;
  readonly JENNER_DATA_DIR?: string;
  readonly JENNER_DEMO?: 'on' | 'off';
  readonly JENNER_AUTH?: 'smart' | 'off';
  readonly JENNER_ISSUERS?: string;
  readonly JENNER_RATE_LIMIT: number;
  readonly JENNER_AUTHORIZATION_SERVER?: 'on' | 'off';
  readonly JENNER_CLIENTS?: string;
  readonly JENNER_REGISTRATION: string;
  readonly JENNER_FORECAST: 'on' | 'off';
  readonly JENNER_BASE_URL?: string;
  readonly JENNER_MAX_BODY: number;
  readonly JENNER_CONDITIONAL_DELETE: 'single' | 'multiple';
  readonly JENNER_MAX_ENTRIES: number;
  readonly JENNER_CORS_ORIGINS: string;
  readonly JENNER_PROFILES?: string;
  readonly JENNER_CLAIMED_PROFILES: PolicyAction;
  readonly JENNER_DATA_QUALITY: PolicyAction;
  readonly JENNER_LOG: LogLevel;
}

/** A configuration that can't be run with: every problem, one a line. */
export class ConfigError extends Error {}

/** @throws ConfigError naming every variable that is wrong, and what it must be. */
export function loadConfig(environment: Environment, root: URL): Config {
  const settings = readSettings(environment);
  const auth = readAuth(settings);
  return Object.freeze({
    port: settings.PORT,
    host: settings.HOST,
    mongodbUri: settings.MONGODB_URI,
    dataDirectory: settings.JENNER_DATA_DIR ?? fileURLToPath(new URL('.jenner/data', root)),
    demo: settings.JENNER_DEMO === undefined ? settings.MONGODB_URI === undefined : settings.JENNER_DEMO === 'on',
    auth,
    issuersFile: settings.JENNER_ISSUERS,
    rateLimit: settings.JENNER_RATE_LIMIT,
    authorizationServer: hasAuthorizationServer(settings, auth, environment),
    clientsFile: settings.JENNER_CLIENTS,
    registration: parseRegistration(settings.JENNER_REGISTRATION),
    forecast: settings.JENNER_FORECAST === 'on',
    baseUrl: settings.JENNER_BASE_URL,
    maxBody: settings.JENNER_MAX_BODY,
    logLevel: settings.JENNER_LOG,
    conditionalDelete: settings.JENNER_CONDITIONAL_DELETE,
    maxEntries: settings.JENNER_MAX_ENTRIES,
    corsOrigins: parseOrigins(settings.JENNER_CORS_ORIGINS),
    validation: {
      profiles: parseProfiles(settings.JENNER_PROFILES ?? ''),
      claimed: settings.JENNER_CLAIMED_PROFILES,
      quality: settings.JENNER_DATA_QUALITY,
    },
  });
}

/** A canonical URL may have `=` in it; what it is held to comes after the last one. */
function parseProfiles(text: string): readonly ProfilePolicy[] {
  return text
    .split(',')
    .filter((part) => part.trim() !== '')
    .map((part) => {
      const at = part.lastIndexOf('=');
      return { canonical: part.slice(0, at).trim(), action: part.slice(at + 1).trim() as PolicyAction };
    });
}

/** In production it is there only for those who ask for it by name: sites have an issuer of their own. */
function hasAuthorizationServer(settings: Settings, auth: Config['auth'], environment: Environment): boolean {
  const { JENNER_AUTHORIZATION_SERVER: asked, JENNER_ISSUERS, JENNER_BASE_URL = '' } = settings;
  const isUsual = auth === 'smart' && JENNER_ISSUERS === undefined && environment['NODE_ENV'] !== 'production';
  const isOn = asked === undefined ? isUsual : asked === 'on';
  if (auth === 'smart' && !isOn && JENNER_ISSUERS === undefined) {
    throw new ConfigError(
      'Access tokens are needed, and nobody issues them: name the issuers with JENNER_ISSUERS=<file>, ' +
        'or let this server issue them with JENNER_AUTHORIZATION_SERVER=on.',
    );
  }
  if (isOn && /^http:/.test(JENNER_BASE_URL) && !isLoopback(new URL(JENNER_BASE_URL).hostname)) {
    throw new ConfigError('People log in to this server: JENNER_BASE_URL must begin with https://.');
  }
  return isOn;
}

const parseRegistration = (text: string): Config['registration'] =>
  text === 'off' || text === 'open' ? text : { token: text };

/** @throws ConfigError where anybody could get in */
function readAuth({ HOST, JENNER_AUTH, JENNER_ISSUERS, JENNER_AUTHORIZATION_SERVER }: Settings): Config['auth'] {
  // Where nothing is said and nobody issues tokens, nobody could get in: then only this machine may, without tokens.
  const hasIssuer = JENNER_ISSUERS !== undefined || JENNER_AUTHORIZATION_SERVER === 'on';
  const auth = JENNER_AUTH ?? (!hasIssuer && isLoopback(HOST) ? 'off' : 'smart');
  if (auth === 'off' && JENNER_ISSUERS !== undefined) {
    throw new ConfigError(
      'JENNER_ISSUERS names issuers of tokens that JENNER_AUTH=off would not ask for: leave one of them out.',
    );
  }
  if (auth === 'smart' || isLoopback(HOST)) return auth;
  throw new ConfigError(
    `HOST=${HOST} can be reached from other machines, and JENNER_AUTH=off would let all of them in: ` +
      'with access control off, listen on 127.0.0.1, ::1 or localhost only.',
  );
}

function parseOrigins(text: string): '*' | readonly string[] {
  if (text === '*') return text;
  return text === 'none' ? [] : text.split(',');
}

function readSettings(environment: Environment): Settings {
  const names = Object.keys(SCHEMA.properties);
  // An empty variable is one that is not set: that is how shells and compose files leave things out.
  const given = names.filter((name) => environment[name]).map((name) => [name, environment[name]]);
  const settings = Object.fromEntries(given);
  const validate = new Ajv({ coerceTypes: true, useDefaults: true, allErrors: true }).compile(SCHEMA);
  if (!validate(settings)) throw new ConfigError([...new Set((validate.errors ?? []).map(explain))].join('\n'));
  return settings as Settings;
}

function explain({ instancePath }: ErrorObject): string {
  const name = instancePath.slice(1);
  return `${name} must be ${EXPECTED[name]}.`;
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
