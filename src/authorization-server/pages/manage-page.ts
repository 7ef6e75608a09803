/** The page that lists who has access, and takes it back (SMART App Launch 2.2, management_endpoint). */
import type { GrantContext } from '../grant-contexts.ts';
import { type Html, html } from './html.ts';
import { hiddenField, type Page } from './layout.ts';
import { scopeWords } from './scope-words.ts';

export interface GrantView extends GrantContext {
  readonly clientName: string;
}

export interface ManageView {
  readonly csrf: string;
  readonly userName: string;
  readonly grants: readonly GrantView[];
  readonly revokeAction: string;
  readonly logoutAction: string;
  /** For those who may launch apps. */
  readonly launchUrl: string | undefined;
}

export function managePage(view: ManageView): Page {
  const { csrf, userName, grants, logoutAction, launchUrl } = view;
  const content = html`<p>You are logged in as ${userName}.</p>
${launchUrl === undefined ? undefined : html`<p><a href="${launchUrl}">Open an app for a patient</a></p>`}
${grants.length === 0 ? html`<p>No app has access.</p>` : grants.map((grant) => grantCard(grant, view))}
<form method="post" action="${logoutAction}">
${hiddenField('csrf', csrf)}
<button type="submit" class="quiet">Log out</button>
</form>`;
  return { title: 'Apps that can see my record', content };
}

const grantCard = (grant: GrantView, { csrf, revokeAction }: ManageView): Html => html`<section class="card">
<h2>${grant.clientName}</h2>
<p>${grant.patientName === undefined ? undefined : `Record of ${grant.patientName}. `}Since ${new Date(grant.grantedAt).toISOString().slice(0, 10)}.</p>
<ul>${grant.scopes.map((scope) => html`<li>${scopeWords(scope)}</li>`)}</ul>
<form method="post" action="${revokeAction}">
${hiddenField('csrf', csrf)}
${hiddenField('grant', grant.grant)}
<button type="submit" aria-label="Take access back from ${grant.clientName}">Take access back</button>
</form>
</section>`;
