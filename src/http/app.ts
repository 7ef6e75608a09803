/** The Express application: FHIR below `/fhir`, health checks beside it. */
import { randomBytes } from 'node:crypto';
import express, { type Express, type Request, type RequestHandler, type Response } from 'express';
import type { AccessContext } from '../auth/access-context.ts';
import { notFound } from '../fhir/error.ts';
import type { ServedTypes } from '../interactions/parse-path.ts';
import { parseRequest } from '../interactions/parse-request.ts';
import type { Perform } from '../interactions/perform.ts';
import type { Log } from '../log.ts';
import { errorHandler } from './error-handler.ts';
import { healthRoutes, type IsReady } from './health.ts';
import { parseHttpRequest } from './parse-http-request.ts';
import { collectBody } from './read-body.ts';
import { sendResponse } from './send-response.ts';

export interface AppOptions {
  readonly perform: Perform;
  readonly served: ServedTypes;
  /** Decides who asks; throws a FhirError 401 where that can't be known. */
  readonly authenticate: (request: Request) => Promise<AccessContext> | AccessContext;
  /** The public base URL, where it isn't the one that clients connect to. */
  readonly baseUrl?: string | undefined;
  /** Bytes of a request body. */
  readonly bodyLimit: number;
  readonly isReady: IsReady;
  readonly log: Log;
}

/** The path below which FHIR is served. */
export const FHIR_PATH = '/fhir';

export function createApp(options: AppOptions): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', false);
  app.use(identifyRequest());
  app.use(healthRoutes(options.isReady));
  app.use(FHIR_PATH, logRequest(options.log), collectBody(options.bodyLimit), fhirRequest(options));
  app.use(() => {
    throw notFound(`FHIR is served below ${FHIR_PATH}.`);
  });
  app.use(errorHandler(options.log, options.bodyLimit));
  return app;
}

/** An id that a client's report and the server's log have in common. */
function identifyRequest(): RequestHandler {
  const process = randomBytes(5).toString('hex');
  let count = 0;
  return (_request, response, next) => {
    response.setHeader('X-Request-Id', `${process}-${++count}`);
    next();
  };
}

function logRequest(log: Log): RequestHandler {
  return (request, response, next) => {
    const started = performance.now();
    response.once('finish', () => {
      const milliseconds = Math.round(performance.now() - started);
      // The query is left out: it may tell who is searched for.
      const path = request.originalUrl.split('?')[0];
      log.debug('request', { method: request.method, path, status: response.statusCode, milliseconds });
    });
    next();
  };
}

function fhirRequest({ perform, served, authenticate, baseUrl }: AppOptions): RequestHandler {
  return async (request: Request, response: Response) => {
    const access = await authenticate(request);
    const interaction = parseRequest(parseHttpRequest(request), served);
    const base = baseUrl ?? connectedBase(request);
    sendResponse(response, base, await perform(interaction, { access, baseUrl: base }));
  };
}

/** The base URL as the client wrote it; a Host that is no host name is not repeated. */
function connectedBase(request: Request): string {
  const host = /^[\w.:[\]-]{1,255}$/.exec(request.headers.host ?? '')?.[0] ?? 'localhost';
  return `http://${host}${FHIR_PATH}`;
}
