/** Pages for people outside of an app's request: their apps, launching an app, logging in and out (SMART App Launch 2.2, management_endpoint, EHR launch). */
import { type Exchange, readForm, redirect, sendPage } from './exchange.ts';
import { tryLogin } from './log-in.ts';
import { launchPage } from './pages/launch-page.ts';
import type { Page } from './pages/layout.ts';
import { loginPage } from './pages/login-page.ts';
import { managePage } from './pages/manage-page.ts';
import { problemPage } from './pages/problem-page.ts';
import type { Parts } from './parts.ts';
import { findPatients, readCriteria } from './patient-search.ts';
import type { PatientCriteria } from './patients.ts';
import { redirectSourceOf } from './redirect-target.ts';
import type { RegisteredClient } from './registered-client.ts';
import { closeSession, currentUser, openSession } from './sessions.ts';
import type { User } from './users.ts';

/** The pages that need a login; anywhere else a login never leads. */
const PLACES: Readonly<Record<string, (parts: Parts, exchange: Exchange, user: User) => Promise<Page>>> = {
  '/manage': (parts, exchange, user) => showManage(parts, exchange, user),
  '/launch': (parts, exchange, user) => showLaunch(parts, exchange, user),
};

const NOT_LOGGED_IN = problemPage({ status: 401, text: 'You are not logged in any more. Go back and log in.' });
const STRANGE_FORM = problemPage({
  status: 403,
  text: 'This form was not sent from a page of this server, or cookies are blocked. Open the page anew.',
});

/** `GET /manage` and `GET /launch`: the page, or the login that leads to it. */
export async function showPlace(parts: Parts, exchange: Exchange): Promise<void> {
  const user = await currentUser(parts, exchange);
  const place = PLACES[exchange.path];
  sendPage(exchange, user && place ? await place(parts, exchange, user) : loginTo(parts, exchange, exchange.path));
}

type Refusal = { readonly status: number; readonly problem: string; readonly name: string };

function loginTo(parts: Parts, exchange: Exchange, place: string, refusal?: Refusal): Page {
  const action = parts.addresses.url(`/login${place}`);
  return loginPage({ action, csrf: parts.forms.issue(exchange), ...refusal });
}

/** `POST /login/manage` and `POST /login/launch`. */
export async function answerLogin(parts: Parts, exchange: Exchange): Promise<void> {
  const place = exchange.path.slice('/login'.length);
  const form = await readForm(exchange);
  if (!parts.forms.isOurs(exchange, form) || !Object.hasOwn(PLACES, place)) return sendPage(exchange, STRANGE_FORM);
  const outcome = await tryLogin(parts, exchange, form);
  if (outcome.kind === 'refused') {
    return sendPage(exchange, loginTo(parts, exchange, place, { ...outcome, name: form.get('name') ?? '' }));
  }
  await openSession(parts, exchange, outcome.user);
  redirect(exchange, parts.addresses.url(place));
}

/** Runs what a form of a logged-in person asks for. */
async function withOurForm(
  parts: Parts,
  exchange: Exchange,
  run: (user: User, form: URLSearchParams) => Promise<void>,
): Promise<void> {
  const form = await readForm(exchange);
  if (!parts.forms.isOurs(exchange, form)) return sendPage(exchange, STRANGE_FORM);
  const user = await currentUser(parts, exchange);
  return user ? run(user, form) : sendPage(exchange, NOT_LOGGED_IN);
}

/** `POST /logout` */
export const answerLogout = (parts: Parts, exchange: Exchange): Promise<void> =>
  withOurForm(parts, exchange, async () => {
    await closeSession(parts, exchange);
    redirect(exchange, parts.addresses.url('/manage'));
  });

async function showManage(parts: Parts, exchange: Exchange, user: User): Promise<Page> {
  const contexts = await parts.contexts.ofAccount(user.name);
  const newestFirst = [...contexts].sort((a, b) => b.grantedAt - a.grantedAt);
  const grants = newestFirst.map(async (context) => {
    const client = await parts.clients.find(context.clientId);
    return { ...context, clientName: client?.name ?? context.clientId };
  });
  return managePage({
    csrf: parts.forms.issue(exchange),
    userName: user.displayName,
    grants: await Promise.all(grants),
    revokeAction: parts.addresses.url('/manage/revoke'),
    logoutAction: parts.addresses.url('/logout'),
    launchUrl: parts.addresses.url('/launch'),
  });
}

/** `POST /manage/revoke` */
export const answerRevoke = (parts: Parts, exchange: Exchange): Promise<void> =>
  withOurForm(parts, exchange, async (user, form) => {
    const context = await parts.contexts.find(form.get('grant') ?? '');
    if (context?.account === user.name) await parts.endGrant(context.grant);
    redirect(exchange, parts.addresses.url('/manage'));
  });

type Launchable = RegisteredClient & { readonly launchUrl: string };

const launchable = async ({ clients }: Parts): Promise<readonly Launchable[]> =>
  (await clients.list()).filter((client): client is Launchable => client.launchUrl !== undefined);

async function showLaunch(parts: Parts, exchange: Exchange, user: User, criteria?: PatientCriteria): Promise<Page> {
  const apps = await launchable(parts);
  return launchPage({
    csrf: parts.forms.issue(exchange),
    userName: user.displayName,
    apps,
    action: parts.addresses.url('/launch/open'),
    searchAction: user.fhirUsers[0].startsWith('Practitioner') ? parts.addresses.url('/launch/find') : undefined,
    formTargets: [...new Set(apps.map(({ launchUrl }) => redirectSourceOf(launchUrl)))],
    ...(await findPatients(parts.patients, user, criteria)),
  });
}

/** `POST /launch/find` */
export const answerFind = (parts: Parts, exchange: Exchange): Promise<void> =>
  withOurForm(parts, exchange, async (user, form) =>
    sendPage(exchange, await showLaunch(parts, exchange, user, readCriteria(form))),
  );

/** `POST /launch/open`: to the app, with the FHIR base URL and a handle for what was chosen. */
export const answerOpen = (parts: Parts, exchange: Exchange): Promise<void> =>
  withOurForm(parts, exchange, async (user, form) => {
    const app = (await launchable(parts)).find(({ id }) => id === form.get('client'));
    const patient = await parts.patients.find(form.get('patient') ?? '');
    const role = patient && (await parts.patients.roleFor(user, patient.id));
    if (!app || !patient || role === undefined) {
      return sendPage(exchange, problemPage({ status: 403, text: 'You can’t open this app for this patient.' }));
    }
    const chosen = { account: user.name, clientId: app.id, patient: patient.id, patientName: patient.name };
    const url = new URL(app.launchUrl);
    url.searchParams.set('iss', parts.addresses.fhirBase);
    url.searchParams.set('launch', await parts.launches.create(chosen));
    redirect(exchange, url.href);
  });
