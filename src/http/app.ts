/** The HTTP application: FHIR below `/fhir`, everything else in Express. */
import { randomBytes } from 'node:crypto';
import type { RequestListener } from 'node:http';
import express, { type Express } from 'express';
import { notFound } from '../fhir/error.ts';
import { errorHandler } from './error-handler.ts';
import { type FhirOptions, fhirListener } from './fhir-listener.ts';
import { FHIR_PATH, fhirUrl } from './fhir-path.ts';
import { healthRoutes, type IsReady } from './health.ts';

export interface AppOptions extends FhirOptions {
  readonly isReady: IsReady;
}

/** FHIR requests don't pass through Express: it would take more of the processor than all else that a read needs. */
export function createApp(options: AppOptions): RequestListener {
  const nextId = requestIds();
  const answerFhir = fhirListener(options);
  const others = otherRoutes(options);
  return (request, response) => {
    response.setHeader('X-Request-Id', nextId());
    const url = fhirUrl(request.url ?? '');
    if (url === undefined) others(request, response);
    else answerFhir(request, response, url);
  };
}

/** Ids that a client's report and the server's log have in common. */
function requestIds(): () => string {
  const process = randomBytes(5).toString('hex');
  let count = 0;
  return () => `${process}-${++count}`;
}

function otherRoutes({ isReady, log, bodyLimit }: AppOptions): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', false);
  app.use(healthRoutes(isReady));
  app.use(() => {
    throw notFound(`FHIR is served below ${FHIR_PATH}.`);
  });
  app.use(errorHandler({ log, bodyLimit }));
  return app;
}
