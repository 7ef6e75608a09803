/** `/cds-services`: CDS Hooks 2.0 over HTTP, also for web pages of other origins (cds-hooks.hl7.org/2.0, CORS). */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import express, { Router } from 'express';
import type { AccessContext } from '../auth/access-context.ts';
import { badRequest } from '../fhir/error.ts';
import { callHook, hookServices } from '../interactions/cds-hooks.ts';
import type { Perform } from '../interactions/perform.ts';
import type { SchedulePort } from '../interactions/ports.ts';
import { connectedBase } from './base-url.ts';
import { answerCors, type CorsOrigins } from './cors.ts';

export interface CdsHooksOptions {
  readonly perform: Perform;
  readonly schedules: SchedulePort;
  readonly authenticate: (request: IncomingMessage) => Promise<AccessContext> | AccessContext;
  readonly baseUrl?: string | undefined;
  readonly bodyLimit: number;
  readonly corsOrigins: CorsOrigins;
}

const PATH = '/cds-services';

export function cdsHooksRoutes(options: CdsHooksOptions): Router {
  const { perform, schedules, authenticate, baseUrl, bodyLimit, corsOrigins } = options;
  const router = Router();
  router.use(PATH, (request, response, next) => {
    if (!answerCors(request, response, corsOrigins)) next();
  });
  router.get(PATH, (_request, response) => {
    response.json(hookServices);
  });
  const read = express.text({ type: () => true, limit: bodyLimit });
  router.post(`${PATH}/:service`, read, async (request, response, next) => {
    const access = await authenticate(request);
    const caller = { access, baseUrl: baseUrl ?? connectedBase(request) };
    const schedule = () => schedules.schedule();
    const world = { perform, caller, schedule, newId: randomUUID, now: new Date() };
    const cards = await callHook(String(request.params['service']), parseJson(request.body), world);
    if (cards) response.json(cards);
    else next();
  });
  return router;
}

function parseJson(body: unknown): unknown {
  try {
    return JSON.parse(String(body));
  } catch {
    throw badRequest('The body is not well-formed JSON.');
  }
}
