/** The page to approve what an app asks for, item by item (SMART App Launch 2.2; ONC (g)(10): a person can leave out single scopes). */
import { html } from './html.ts';
import { hiddenField, type Page } from './layout.ts';
import { scopeWords } from './scope-words.ts';

export interface ConsentView {
  readonly action: string;
  readonly csrf: string;
  readonly clientName: string;
  /** Where the app's answer goes, so that a person can judge whom they deal with. */
  readonly redirectHost: string;
  readonly userName: string;
  readonly patientName: string | undefined;
  readonly scopes: readonly string[];
  readonly formTargets: readonly string[];
  readonly manageUrl: string;
}

export function consentPage(view: ConsentView): Page {
  const { action, csrf, clientName, redirectHost, userName, patientName, scopes, manageUrl } = view;
  const content = html`<p>The app <strong>${clientName}</strong> (${redirectHost}) asks you, ${userName}, for access${
    patientName === undefined ? undefined : html` to the record of <strong>${patientName}</strong>`
  }.</p>
<form method="post" action="${action}">
${hiddenField('csrf', csrf)}
<fieldset><legend>It wants to</legend>
${scopes.map(
  (scope, index) => html`<label class="choice" for="scope-${String(index)}">
<input type="checkbox" id="scope-${String(index)}" name="scope" value="${scope}" checked>
<span>${scopeWords(scope)} <small><code>${scope}</code></small></span></label>`,
)}
</fieldset>
<p>Untick what you don't want to give. ${duration(scopes)}</p>
<p>You can take access back at any time: <a href="${manageUrl}">apps that can see my record</a>.</p>
<button type="submit" name="decision" value="approve">Allow</button>
<button type="submit" name="decision" value="deny" class="quiet">Deny</button>
</form>`;
  return { title: `Give access to ${clientName}?`, content, formTargets: view.formTargets };
}

function duration(scopes: readonly string[]): string {
  if (scopes.includes('offline_access'))
    return 'If you leave the access for when you are away ticked, it lasts for up to a year.';
  return scopes.includes('online_access') ? 'Access ends when you log out.' : 'Access ends after 15 minutes.';
}
