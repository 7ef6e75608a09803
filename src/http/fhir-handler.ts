/** FHIR over HTTP (FHIR R4, http.html): a request becomes an interaction, its answer or refusal goes back. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';
import { type AccessContext, NO_ACCESS } from '../auth/access-context.ts';
import type { FhirResponse, Interaction } from '../fhir/interaction.ts';
import type { ServedTypes } from '../interactions/parse-path.ts';
import { parseRequest } from '../interactions/parse-request.ts';
import type { Caller, Perform } from '../interactions/perform.ts';
import { withContent } from '../interactions/return-preference.ts';
import type { Log } from '../log.ts';
import { type AsyncRequests, asyncId, isAnsweredLater } from './async-requests.ts';
import { connectedBase } from './base-url.ts';
import { answerCors, type CorsOrigins } from './cors.ts';
import { refuse } from './error-handler.ts';
import { parseHttpRequest, refusalForm } from './parse-http-request.ts';
import { isPublic, isSmartConfiguration, sendSmartConfiguration } from './public-paths.ts';
import { bodyReader } from './read-body.ts';
import { sendResponse } from './send-response.ts';
import type { XmlText } from './write-text.ts';

export interface FhirOptions {
  readonly perform: Perform;
  readonly served: ServedTypes;
  /** Decides who asks; throws a FhirError 401 where that can't be known. */
  readonly authenticate: (request: IncomingMessage) => Promise<AccessContext> | AccessContext;
  /** What apps are told about the authorization server; undefined where there is none. */
  readonly smartConfiguration?: object | undefined;
  /** The public base URL, where it isn't the one that clients connect to. */
  readonly baseUrl?: string | undefined;
  /** Answers later, where clients prefer that; undefined: always at once. */
  readonly asyncRequests?: AsyncRequests | undefined;
  /** Bytes of a request body. */
  readonly bodyLimit: number;
  readonly log: Log;
  /** Both directions between FHIR JSON and FHIR XML. */
  readonly xml: XmlText;
  /** Whose web pages may read what this server answers. */
  readonly corsOrigins: CorsOrigins;
}

/** Answers a FHIR request, whatever happens. It is mounted below the FHIR path, so its URL begins after that. */
export function fhirHandler(options: FhirOptions): RequestHandler {
  const { served, authenticate, baseUrl, bodyLimit, log, xml, corsOrigins } = options;
  const readBody = bodyReader(bodyLimit);
  const answer = async (request: IncomingMessage, response: ServerResponse, base: string): Promise<void> => {
    const { method = '', headers } = request;
    const url = pathOf(request);
    const isOpen = isOpenTo(method, url);
    if (isOpen && isSmartConfiguration(url)) return sendSmartConfiguration(response, options.smartConfiguration);
    // Before the body is read: who may not ask doesn't get to send one.
    const access = isOpen ? NO_ACCESS : await authenticate(request);
    const status = await laterAnswer(options, request, { url, access, response });
    if (status) return sendResponse(response, status, { form: refusalForm({ url, headers }), xml, baseUrl: base });
    const body = isOpen ? undefined : await readBody(request, response);
    const { line, form } = parseHttpRequest({ method, url, headers, body }, xml);
    const interaction = parseRequest(line, served);
    const caller = { access, baseUrl: base, isStrict: line.isStrict === true };
    const result = await performNowOrLater(options, { interaction, caller, prefer: headers.prefer?.toString() });
    sendResponse(response, withContent(result, interaction.code, line.returns), { form, xml, baseUrl: base });
  };
  return (request, response) => {
    logWhenAnswered(log, request, response);
    // Any app may find out what this server is and how to get access.
    if (answerCors(request, response, isPublic(pathOf(request)) ? '*' : corsOrigins)) return;
    const base = baseUrl ?? connectedBase(request);
    answer(request, response, base).catch((error) => {
      const form = refusalForm({ url: pathOf(request), headers: request.headers });
      refuse(error, response, { log, bodyLimit, form, xml, baseUrl: base });
    });
  };
}

const isOpenTo = (method: string, url: string): boolean => isPublic(url) && (method === 'GET' || method === 'HEAD');

interface AskedLater {
  readonly url: string;
  readonly access: AccessContext;
  readonly response: ServerResponse;
}

/** How far a request is that is answered later; undefined where it isn't about one. */
async function laterAnswer(
  { asyncRequests }: FhirOptions,
  { method = '' }: IncomingMessage,
  { url, access, response }: AskedLater,
): Promise<FhirResponse | undefined> {
  const id = asyncId(url);
  return id === undefined ? undefined : asyncRequests?.answer(access, { id, method, response });
}

interface Asked {
  readonly interaction: Interaction;
  readonly caller: Caller;
  readonly prefer: string | undefined;
}

function performNowOrLater(
  { perform, asyncRequests }: FhirOptions,
  { interaction, caller, prefer }: Asked,
): Promise<FhirResponse> {
  const work = () => perform(interaction, caller);
  if (!asyncRequests || !isAnsweredLater(prefer, interaction)) return work();
  return asyncRequests.begin(caller.access, { code: interaction.code, baseUrl: caller.baseUrl, work });
}

/** A request to a proxy names the host too (RFC 9112, 3.2.2), and servers have to take that. */
const pathOf = ({ url = '' }: IncomingMessage): string =>
  url.startsWith('/') ? url : url.replace(/^https?:\/\/[^/?]*/i, '');

function logWhenAnswered(log: Log, request: IncomingMessage, response: ServerResponse): void {
  const started = performance.now();
  response.once('finish', () => {
    const milliseconds = Math.round(performance.now() - started);
    // The query is left out: it may tell who is searched for.
    const path = pathOf(request).split('?')[0];
    log.debug('request', { method: request.method, path, status: response.statusCode, milliseconds });
  });
}
