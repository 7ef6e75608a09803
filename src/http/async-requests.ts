/**
 * Answers on request later (FHIR R4, async.html; for searches in the form of R5, async-bundle.html): 202 and a place to ask
 * at, which has the answer as a Bundle of one entry when it is made. The work passes the same gate as any other.
 */
import type { ServerResponse } from 'node:http';
import type { AccessContext } from '../auth/access-context.ts';
import { identityOf } from '../auth/principal.ts';
import { formatBundle } from '../fhir/bundle.ts';
import { methodNotAllowed, notFound, unavailable } from '../fhir/error.ts';
import type { FhirResponse, Interaction } from '../fhir/interaction.ts';
import { formatEntryError, formatEntryResponse } from '../interactions/entry-response.ts';
import type { Log } from '../log.ts';

/** What becomes of a request, by its id and by who asked. */
export interface AsyncAnswers {
  begin(holder: string): Promise<string>;
  beat(id: string): Promise<void>;
  finish(id: string, text: string): Promise<void>;
  find(
    id: string,
    holder: string,
  ): Promise<
    | { readonly kind: 'running'; readonly since: Date }
    | { readonly kind: 'lost' }
    | { readonly kind: 'done'; readonly text: string; readonly expires: Date }
    | undefined
  >;
  remove(id: string, holder: string): Promise<boolean>;
}

/** Requests that this process works on or has waiting, at most; more are told to come again. */
const MOST_WAITING = 32;
const AT_A_TIME = 2;
const BEAT_MS = 10_000;
const RETRY_AFTER_SECONDS = 2;

const LONG: ReadonlySet<Interaction['code']> = new Set<Interaction['code']>([
  'search-type',
  'search-system',
  'history-instance',
  'history-type',
  'history-system',
]);

/** Whether the client wants the answer later, of what may take long; of anything else the preference is passed over. */
export const isAnsweredLater = (prefer: string | undefined, interaction: Interaction): boolean =>
  /(?:^|[,;])\s*respond-async\s*(?=$|[,;])/i.test(prefer ?? '') &&
  (LONG.has(interaction.code) || (interaction.code === 'operation' && interaction.name === 'everything'));

const PLACE = /^\/_async\/([\w-]{1,64})$/;

/** The id of the request that a path asks about. */
export const asyncId = (url: string): string | undefined => PLACE.exec(url.split('?')[0] ?? '')?.[1];

const holderOf = (access: AccessContext): string => (access.kind === 'principal' ? identityOf(access.principal) : '');

export interface AsyncRequests {
  /** Begins the work, and answers where to ask for it. @throws FhirError 503 where there is too much of it */
  begin(access: AccessContext, asked: AsyncWork): Promise<FhirResponse>;
  /** How far it is, or what came of it; a DELETE gives it up. @throws FhirError 404, 405 */
  answer(access: AccessContext, asked: AsyncQuestion): Promise<FhirResponse>;
}

export interface AsyncWork {
  readonly code: Interaction['code'];
  readonly baseUrl: string;
  readonly work: () => Promise<FhirResponse>;
}

export interface AsyncQuestion {
  readonly id: string;
  readonly method: string;
  /** For `X-Progress`, `Retry-After` and `Expires`. */
  readonly response: ServerResponse;
}

export function createAsyncRequests(answers: AsyncAnswers, log: Log): AsyncRequests {
  const waiting: (() => Promise<void>)[] = [];
  let running = 0;
  const next = () => {
    const work = running < AT_A_TIME ? waiting.shift() : undefined;
    if (!work) return;
    running += 1;
    work().finally(() => {
      running -= 1;
      next();
    });
  };
  return {
    begin: async (access, asked) => {
      if (waiting.length >= MOST_WAITING)
        throw unavailable('Too many requests wait to be answered later.', RETRY_AFTER_SECONDS);
      const id = await answers.begin(holderOf(access));
      waiting.push(() => carryOut(answers, id, asked).catch((error) => log.warn('answer lost', { error })));
      next();
      return { status: 202, location: `_async/${id}` };
    },
    answer: (access, { id, method, response }) => answerQuestion(answers, holderOf(access), { id, method, response }),
  };
}

async function carryOut(answers: AsyncAnswers, id: string, { code, baseUrl, work }: AsyncWork): Promise<void> {
  const beating = setInterval(() => void answers.beat(id).catch(() => undefined), BEAT_MS);
  try {
    const entry = await work().then(
      (response) => formatEntryResponse(response, { baseUrl, code, returns: undefined }),
      formatEntryError,
    );
    await answers.finish(id, formatBundle({ type: 'batch-response', entries: [entry] }));
  } finally {
    clearInterval(beating);
  }
}

async function answerQuestion(
  answers: AsyncAnswers,
  holder: string,
  { id, method, response }: AsyncQuestion,
): Promise<FhirResponse> {
  if (method === 'DELETE') {
    if (await answers.remove(id, holder)) return { status: 202 };
    throw notFound('There is no such request, or none of yours.');
  }
  if (method !== 'GET' && method !== 'HEAD')
    throw methodNotAllowed('A request that is answered later is asked for by GET.', ['GET', 'HEAD', 'DELETE']);
  const state = await answers.find(id, holder);
  switch (state?.kind) {
    case 'running': {
      const seconds = Math.round((Date.now() - state.since.getTime()) / 1000);
      response.setHeader('X-Progress', `working for ${seconds} s`);
      response.setHeader('Retry-After', String(RETRY_AFTER_SECONDS));
      return { status: 202 };
    }
    case 'done':
      response.setHeader('Expires', state.expires.toUTCString());
      return { status: 200, body: state.text };
    case 'lost':
      throw unavailable('The server that worked on this request ended; ask for it anew.', RETRY_AFTER_SECONDS);
    default:
      throw notFound('There is no such request, or none of yours.');
  }
}
