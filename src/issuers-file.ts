/** The file that names the issuers whose tokens count, and what apps are told about them: every wrong entry is named. */
import { readFileSync } from 'node:fs';
import { Ajv, type ErrorObject } from 'ajv';
import { type ClaimNames, OWN_CLAIM_NAMES } from './auth/claims.ts';
import { ConfigError } from './config.ts';
import type { SmartConfiguration } from './definitions/server.ts';
import { introspectWith } from './tokens/introspection.ts';
import { ALGORITHMS, type Issuer, type TokenCheck, USUAL_RULES } from './tokens/issuer.ts';
import { loadKeysFrom } from './tokens/key-set.ts';
import { isSecure } from './tokens/outbound.ts';

export interface IssuersFile {
  readonly issuers: readonly Issuer[];
  readonly smartConfiguration: SmartConfiguration;
}

interface IssuerEntry {
  readonly issuer: string;
  readonly jwksUri?: string;
  readonly introspection?: {
    readonly url: string;
    readonly clientId: string;
    readonly secretFile: string;
    readonly opaqueTokens?: boolean;
  };
  readonly audience?: string;
  readonly mostAudiences?: number;
  readonly algorithms?: readonly string[];
  readonly tokenType?: string;
  readonly requiredClaims?: Readonly<Record<string, string>>;
  readonly claims?: Partial<ClaimNames>;
  readonly longestLifetimeSeconds?: number;
  readonly clockToleranceSeconds?: number;
  readonly backendClients?: readonly string[];
  readonly withoutFhirUser?: Issuer['withoutFhirUser'];
}

interface FileContent {
  readonly issuers: readonly IssuerEntry[];
  readonly smartConfiguration: SmartConfiguration;
}

const NAME = { type: 'string', minLength: 1, maxLength: 255 } as const;
const URL_TEXT = { type: 'string', pattern: '^https?://[^\\s?#]+$' } as const;
const URLS = ['authorization_endpoint', 'token_endpoint', 'introspection_endpoint', 'revocation_endpoint'];

const SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['issuers', 'smartConfiguration'],
  properties: {
    issuers: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['issuer'],
        oneOf: [{ required: ['jwksUri'] }, { required: ['introspection'] }],
        properties: {
          issuer: URL_TEXT,
          jwksUri: { type: 'string', pattern: '^https?://' },
          introspection: {
            type: 'object',
            additionalProperties: false,
            required: ['url', 'clientId', 'secretFile'],
            properties: {
              url: { type: 'string', pattern: '^https?://' },
              clientId: NAME,
              secretFile: NAME,
              opaqueTokens: { type: 'boolean' },
            },
          },
          audience: URL_TEXT,
          mostAudiences: { type: 'integer', minimum: 1, maximum: 20 },
          algorithms: { type: 'array', minItems: 1, items: { enum: ALGORITHMS } },
          tokenType: NAME,
          requiredClaims: { type: 'object', minProperties: 1, additionalProperties: NAME },
          claims: {
            type: 'object',
            additionalProperties: false,
            properties: Object.fromEntries(Object.keys(OWN_CLAIM_NAMES).map((name) => [name, NAME])),
          },
          longestLifetimeSeconds: { type: 'integer', minimum: 60, maximum: 86400 },
          clockToleranceSeconds: { type: 'integer', minimum: 0, maximum: 300 },
          backendClients: { type: 'array', items: NAME },
          withoutFhirUser: { enum: ['nobody', 'patient-in-context'] },
        },
      },
    },
    smartConfiguration: {
      type: 'object',
      required: ['token_endpoint', 'grant_types_supported', 'capabilities', 'code_challenge_methods_supported'],
      properties: {
        ...Object.fromEntries(URLS.map((name) => [name, URL_TEXT])),
        capabilities: { type: 'array', items: NAME },
        grant_types_supported: { type: 'array', items: { not: { const: 'implicit' } } },
        code_challenge_methods_supported: {
          type: 'array',
          contains: { const: 'S256' },
          items: { not: { const: 'plain' } },
        },
      },
    },
  },
} as const;

/** @param baseUrl the FHIR base: the audience where the file names none @throws ConfigError naming every entry at fault */
export function loadIssuersFile(path: string, baseUrl: string): IssuersFile {
  const content = readContent(path);
  const problems = content.issuers.flatMap((entry, index) =>
    problemsOf(entry).map((problem) => `${path}: issuers[${index}] ${problem}`),
  );
  const names = content.issuers.map(({ issuer }) => issuer);
  if (new Set(names).size < names.length) problems.push(`${path}: an issuer is there twice.`);
  if (problems.length > 0) throw new ConfigError(problems.join('\n'));
  const { smartConfiguration } = content;
  return { issuers: content.issuers.map((entry) => toIssuer(entry, path, baseUrl)), smartConfiguration };
}

function readContent(path: string): FileContent {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new ConfigError(`JENNER_ISSUERS=${path} can't be read as JSON: ${(error as Error).message}`);
  }
  const validate = new Ajv({ allErrors: true, strict: false }).compile(SCHEMA);
  if (validate(content)) return content as FileContent;
  const explain = ({ instancePath, message, params }: ErrorObject) =>
    `${path}: ${instancePath || 'the file'} ${message} ${JSON.stringify(params)}`;
  throw new ConfigError([...new Set((validate.errors ?? []).map(explain))].join('\n'));
}

/** What a schema can't say. */
function problemsOf({ jwksUri, introspection, tokenType, requiredClaims }: IssuerEntry): readonly string[] {
  const insecure = [jwksUri, introspection?.url].filter((url) => url !== undefined && !isSecure(url));
  const isAnyType = tokenType !== undefined && tokenType.toLowerCase() !== USUAL_RULES.tokenType;
  return [
    ...insecure.map((url) => `is asked at ${url}: only https counts, but for an issuer on this machine.`),
    ...(isAnyType && !requiredClaims
      ? [
          `takes tokens of type ${tokenType}, as which other tokens come too: name a claim that only access tokens have.`,
        ]
      : []),
  ];
}

function toIssuer(entry: IssuerEntry, path: string, baseUrl: string): Issuer {
  const { issuer, audience = baseUrl, claims, backendClients = [] } = entry;
  return {
    issuer,
    check: toCheck(entry, path),
    audiences: [audience],
    mostAudiences: entry.mostAudiences ?? USUAL_RULES.mostAudiences,
    algorithms: entry.algorithms ?? USUAL_RULES.algorithms,
    tokenType: entry.tokenType ?? USUAL_RULES.tokenType,
    requiredClaims: entry.requiredClaims ?? USUAL_RULES.requiredClaims,
    claimNames: { ...OWN_CLAIM_NAMES, ...claims },
    longestLifetime: entry.longestLifetimeSeconds ?? USUAL_RULES.longestLifetime,
    clockTolerance: entry.clockToleranceSeconds ?? USUAL_RULES.clockTolerance,
    backendClients: new Set(backendClients),
    withoutFhirUser: entry.withoutFhirUser ?? USUAL_RULES.withoutFhirUser,
  };
}

function toCheck({ jwksUri, introspection }: IssuerEntry, path: string): TokenCheck {
  if (!introspection) return { kind: 'keys', load: loadKeysFrom(jwksUri ?? '') };
  const { url, clientId, secretFile, opaqueTokens = false } = introspection;
  return {
    kind: 'introspection',
    introspect: introspectWith({ url, clientId, secret: readSecret(secretFile, path) }),
    opaque: opaqueTokens,
  };
}

function readSecret(file: string, path: string): string {
  try {
    const secret = readFileSync(file, 'utf8').trim();
    if (secret !== '') return secret;
  } catch (error) {
    throw new ConfigError(`${path}: the secret in ${file} can't be read: ${(error as NodeJS.ErrnoException).code}`);
  }
  throw new ConfigError(`${path}: ${file} has no secret.`);
}
