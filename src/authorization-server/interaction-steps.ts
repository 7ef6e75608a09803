/** The steps between an app's request and its code: log in, choose a record, decide (SMART App Launch 2.2, app-launch.html). */

import { approve } from './approval.ts';
import { type Exchange, readForm, sendPage } from './exchange.ts';
import type { Interaction, PatientResult } from './interaction-prompts.ts';
import { tryLogin } from './log-in.ts';
import { consentPage } from './pages/consent-page.ts';
import type { Page } from './pages/layout.ts';
import { loginPage } from './pages/login-page.ts';
import { patientPage } from './pages/patient-page.ts';
import { problemPage } from './pages/problem-page.ts';
import type { Parts } from './parts.ts';
import { findPatients, readCriteria } from './patient-search.ts';
import type { PatientCriteria } from './patients.ts';
import { redirectHostOf, redirectSourceOf } from './redirect-target.ts';
import { grantableScopes } from './scope-policy.ts';
import { isStaff, type User } from './users.ts';

interface Step {
  readonly parts: Parts;
  readonly exchange: Exchange;
  readonly interaction: Interaction;
  readonly clientId: string;
  readonly clientName: string;
  /** Where a form of this step may lead in the end. */
  readonly formTargets: readonly string[];
}

/** `GET /interaction/<uid>`: the page of the step that is due. */
export async function showInteraction(parts: Parts, exchange: Exchange): Promise<void> {
  const step = await findStep(parts, exchange);
  sendPage(exchange, step ? await pageOf(step) : OVER);
}

const OVER: Page = problemPage({
  status: 400,
  text: 'This request is over, or began in another browser. Go back to the app and start again.',
});
const STRANGE_FORM: Page = problemPage({
  status: 403,
  text: 'This form was not sent from a page of this server, or cookies are blocked. Go back to the app and start again.',
});

/** `POST /interaction/<uid>/<step>`: what was entered. */
export async function answerInteraction(parts: Parts, exchange: Exchange): Promise<void> {
  const form = await readForm(exchange);
  if (!parts.forms.isOurs(exchange, form)) return sendPage(exchange, STRANGE_FORM);
  const step = await findStep(parts, exchange);
  const answer = ANSWERS[exchange.path.split('/')[3] ?? ''];
  if (!step || !answer || answer.prompt !== step.interaction.prompt.name) return sendPage(exchange, OVER);
  return answer.run(step, form);
}

const ANSWERS: Readonly<
  Record<string, { readonly prompt: string; readonly run: (step: Step, form: URLSearchParams) => Promise<void> }>
> = {
  login: { prompt: 'login', run: answerLogin },
  find: { prompt: 'patient', run: answerSearch },
  patient: { prompt: 'patient', run: answerPatient },
  consent: { prompt: 'consent', run: answerConsent },
};

async function findStep(parts: Parts, exchange: Exchange): Promise<Step | undefined> {
  const { request, response, path } = exchange;
  const interaction = await parts
    .current()
    .provider.interactionDetails(request, response)
    .catch(() => undefined);
  const client = await parts.clients.find(`${interaction?.params['client_id']}`);
  if (!interaction || !client || interaction.uid !== path.split('/')[2]) return undefined;
  const formTargets = [redirectSourceOf(`${interaction.params['redirect_uri']}`)];
  return { parts, exchange, interaction, clientId: client.id, clientName: client.name, formTargets };
}

async function pageOf(step: Step): Promise<Page> {
  if (step.interaction.prompt.name === 'login') return loginStep(step);
  const user = await step.parts.users.find(step.interaction.session?.accountId ?? '');
  if (!user) return OVER;
  return step.interaction.prompt.name === 'patient' ? patientStep(step, user) : consentStep(step, user);
}

const actionOf = ({ parts, interaction }: Step, name: string): string =>
  parts.addresses.url(`/interaction/${interaction.uid}/${name}`);

type Refusal = { readonly status: number; readonly problem: string; readonly name: string };

function loginStep(step: Step, refusal?: Refusal): Page {
  const { parts, exchange, clientName, formTargets } = step;
  const csrf = parts.forms.issue(exchange);
  return loginPage({ action: actionOf(step, 'login'), csrf, clientName, formTargets, ...refusal });
}

async function answerLogin(step: Step, form: URLSearchParams): Promise<void> {
  const outcome = await tryLogin(step.parts, step.exchange, form);
  if (outcome.kind === 'user') return finish(step, { login: { accountId: outcome.user.name, remember: false } });
  sendPage(step.exchange, loginStep(step, { ...outcome, name: form.get('name') ?? '' }));
}

async function patientStep(step: Step, user: User, criteria?: PatientCriteria): Promise<Page> {
  const { parts, exchange, clientName, formTargets } = step;
  return patientPage({
    csrf: parts.forms.issue(exchange),
    clientName,
    formTargets,
    action: actionOf(step, 'patient'),
    searchAction: isStaff(user) ? actionOf(step, 'find') : undefined,
    ...(await findPatients(parts.patients, user, criteria)),
  });
}

async function answerSearch(step: Step, form: URLSearchParams): Promise<void> {
  const user = await userOf(step);
  sendPage(step.exchange, user ? await patientStep(step, user, readCriteria(form)) : OVER);
}

const userOf = ({ parts, interaction }: Step): Promise<User | undefined> =>
  parts.users.find(interaction.session?.accountId ?? '');

async function answerPatient(step: Step, form: URLSearchParams): Promise<void> {
  const user = await userOf(step);
  const patient = await step.parts.patients.find(form.get('patient') ?? '');
  const fhirUser = user && patient && (await step.parts.patients.roleFor(user, patient.id));
  if (!user || !patient || !fhirUser) {
    return sendPage(step.exchange, problemPage({ status: 403, text: 'You can’t choose this record.' }));
  }
  const result: PatientResult = { id: patient.id, name: patient.name, fhirUser };
  return finish(step, { patient: result });
}

async function consentStep(step: Step, user: User): Promise<Page> {
  const { parts, exchange, interaction, clientName, formTargets } = step;
  return consentPage({
    action: actionOf(step, 'consent'),
    csrf: parts.forms.issue(exchange),
    clientName,
    redirectHost: redirectHostOf(`${interaction.params['redirect_uri']}`),
    userName: user.displayName,
    patientName: await patientNameOf(step),
    scopes: await scopesOf(step),
    formTargets,
    manageUrl: parts.addresses.url('/manage'),
  });
}

async function patientNameOf({ parts, interaction }: Step): Promise<string | undefined> {
  const chosen = interaction.lastSubmission?.['patient'] as PatientResult | undefined;
  if (chosen) return chosen.name;
  const handle = interaction.params['launch'];
  return typeof handle === 'string' ? (await parts.launches.find(handle))?.patientName : undefined;
}

async function scopesOf({ parts, interaction, clientId }: Step): Promise<readonly string[]> {
  const client = await parts.clients.find(clientId);
  return client ? grantableScopes(`${interaction.params['scope'] ?? ''}`, client, parts.isResourceType) : [];
}

async function answerConsent(step: Step, form: URLSearchParams): Promise<void> {
  const user = await userOf(step);
  if (!user) return sendPage(step.exchange, OVER);
  const asked = await scopesOf(step);
  const ticked = new Set(form.getAll('scope'));
  const approved = form.get('decision') === 'approve' ? asked.filter((scope) => ticked.has(scope)) : [];
  const { parts, interaction, clientId } = step;
  const grant = approved.length > 0 && (await approve(parts, { interaction, user, clientId, asked, approved }));
  if (!grant) return finish(step, { error: 'access_denied', error_description: 'access was not approved' });
  return finish(step, { consent: { grantId: grant } });
}

async function finish({ parts, exchange }: Step, result: Record<string, unknown>): Promise<void> {
  const { provider } = parts.current();
  await provider.interactionFinished(exchange.request, exchange.response, result);
}
