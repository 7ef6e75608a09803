/** Access control as the server runs it: who asks is found out by their token, how often they may by their client. */
import type { IncomingMessage } from 'node:http';
import { type AccessContext, OPEN_ACCESS } from './auth/access-context.ts';
import type { ReadConstraint } from './auth/principal.ts';
import type { Directory } from './auth/subject.ts';
import type { Jenner } from './compose.ts';
import type { Definitions } from './definitions/load.ts';
import { FhirError } from './fhir/error.ts';
import { type JsonObject, parseJson } from './fhir/resource-content.ts';
import { createRateLimit, type RateLimit } from './http/rate-limit.ts';
import { parseCriterion } from './search/parse-criterion.ts';
import { isParameterCriterion } from './search/query.ts';
import { type Authenticator, createAuthenticator } from './tokens/authenticate.ts';
import type { Issuer } from './tokens/issuer.ts';
import { createRevocations } from './tokens/revocations.ts';

export interface AccessControl {
  /** @throws FhirError 400, 401, 429, 503 */
  readonly authenticate: (request: IncomingMessage) => Promise<AccessContext> | AccessContext;
  /** Whether tokens can be checked now. */
  readonly isReady: () => Promise<boolean>;
  readonly stop: () => void;
}

/** Everything is open: the operator said so, and config holds it to this machine. */
export const NO_ACCESS_CONTROL: AccessControl = {
  authenticate: () => OPEN_ACCESS,
  isReady: async () => true,
  stop: () => undefined,
};

export interface AccessRules {
  readonly issuers: readonly Issuer[];
  /** The FHIR base URL that tokens are for, without a slash at its end. */
  readonly baseUrl: string;
  /** Requests a second of one client. */
  readonly rateLimit: number;
}

/** How often revocations are looked for: half of the time in which they count everywhere, in milliseconds. */
const POLL_MS = 2000;

/** Reads what was revoked before anybody is let in. */
export async function startAccessControl(jenner: Jenner, rules: AccessRules): Promise<AccessControl> {
  const { definitions, ports } = jenner;
  const { issuers, baseUrl, rateLimit } = rules;
  const revocations = createRevocations(jenner.revocations.since, Date.now);
  const authenticator = createAuthenticator({
    issuers,
    baseUrl,
    directory: createDirectory(ports, baseUrl),
    revocations,
    readConstraint: constraintReader(definitions, baseUrl),
    isResourceType: (name) => definitions.isServed(name),
    now: Date.now,
  });
  let isCurrent = await revocations.refresh();
  const poll = setInterval(async () => {
    isCurrent = await revocations.refresh();
  }, POLL_MS);
  poll.unref();
  return {
    authenticate: limited(authenticator, createRateLimit(rateLimit, performance.now.bind(performance))),
    isReady: async () => isCurrent && (await authenticator.isReady()),
    stop: () => clearInterval(poll),
  };
}

/** A known client has a bucket of its own; those who can't say who they are share that of their address. */
function limited(authenticator: Authenticator, rates: RateLimit): AccessControl['authenticate'] {
  return async (request) => {
    const { rawHeaders, url = '' } = request;
    const access = await authenticator.authenticate({ rawHeaders, url }).catch((error) => {
      rates.take(`address ${request.socket.remoteAddress}`);
      throw error;
    });
    const { issuer, clientId } = access.principal;
    rates.take(`client ${clientId} of ${issuer}`);
    return access;
  };
}

/** People of the registry, read without regard to who asks. */
export function createDirectory({ persistence, search }: Jenner['ports'], baseUrl: string): Directory {
  return {
    read: async ({ resourceType, id }) => {
      try {
        const { resource } = await persistence.readResource({ resourceType, id });
        return parseJson(resource.body) as JsonObject;
      } catch (error) {
        if (error instanceof FhirError && (error.status === 404 || error.status === 410)) return undefined;
        throw error;
      }
    },
    personsLinking: async ({ resourceType, id }) => {
      const queryParams = { link: `${resourceType}/${id}` };
      const { result } = await search.typeSearch({
        resourceType: 'Person',
        queryParams,
        baseUrl,
        allowedResourceTypes: ['Person'],
      });
      return result.entries.map(({ resource }) => parseJson(resource.body) as JsonObject);
    },
  };
}

/** A constraint is a criterion like any of a search; what no search takes gives the scope nothing. */
const constraintReader =
  (definitions: Definitions, baseUrl: string): ReadConstraint =>
  (resourceType, constraint) => {
    try {
      const parameters = definitions.searchParameters(resourceType);
      const criterion = parseCriterion(resourceType, constraint, { parameters, baseUrl });
      return isParameterCriterion(criterion) ? criterion : undefined;
    } catch (error) {
      if (error instanceof FhirError) return undefined;
      throw error;
    }
  };
