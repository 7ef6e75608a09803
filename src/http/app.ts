/** The Express application: FHIR below `/fhir`, health checks beside it. */
import { randomBytes } from 'node:crypto';
import type { RequestListener } from 'node:http';
import express, { type Express, type RequestHandler } from 'express';
import { notFound } from '../fhir/error.ts';
import type { SchedulePort } from '../interactions/ports.ts';
import { apiBrowserRoutes, DOCS_PATH } from './api-browser.ts';
import { cdsHooksRoutes } from './cds-hooks.ts';
import { type DescribeServer, descriptionRoutes } from './description.ts';
import { errorHandler } from './error-handler.ts';
import { type FhirOptions, fhirHandler } from './fhir-handler.ts';
import { FHIR_PATH } from './fhir-path.ts';
import { forecastPage } from './forecast-page.ts';
import { healthRoutes, type IsReady } from './health.ts';
import { PLAIN_JSON } from './negotiate.ts';

export interface AppOptions extends FhirOptions {
  /** The authorization server, where this server has one. */
  readonly authorization?: { readonly path: string; readonly listener: RequestListener } | undefined;
  readonly isReady: IsReady;
  readonly describe: DescribeServer;
  readonly schedules: SchedulePort;
  /** Where the files of web pages are, a `file:` URL that ends in `/`. */
  readonly pages: URL;
}

export function createApp(options: AppOptions): Express {
  const { isReady, log, bodyLimit, xml } = options;
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', false).enable('case sensitive routing');
  app.use(identifyRequest());
  // First, since each layer before it costs every request.
  app.use(FHIR_PATH, fhirHandler(options));
  app.use(healthRoutes(isReady));
  if (options.authorization) app.use(options.authorization.path, options.authorization.listener);
  app.use(descriptionRoutes(options.describe, options.baseUrl));
  app.use(apiBrowserRoutes());
  app.use(cdsHooksRoutes(options));
  app.use(forecastPage(options.pages));
  app.use(() => {
    throw notFound(`FHIR is served below ${FHIR_PATH}; ${DOCS_PATH} tells what there is.`);
  });
  app.use(errorHandler({ log, bodyLimit, xml, form: PLAIN_JSON, baseUrl: options.baseUrl ?? FHIR_PATH }));
  return app;
}

/** Ids that a client's report and the server's log have in common. */
function identifyRequest(): RequestHandler {
  const process = randomBytes(5).toString('hex');
  let count = 0;
  return (_request, response, next) => {
    response.setHeader('X-Request-Id', `${process}-${++count}`);
    next();
  };
}
