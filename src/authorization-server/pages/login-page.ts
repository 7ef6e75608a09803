/** The page to log in (WCAG 2.2, 3.3.8: passwords may be pasted and filled in). */

import { html } from './html.ts';
import { hiddenField, type Page, problemNote } from './layout.ts';

export interface LoginView {
  readonly action: string;
  readonly csrf: string;
  /** The app that asked, where one did. */
  readonly clientName?: string | undefined;
  readonly name?: string | undefined;
  readonly problem?: string | undefined;
  readonly formTargets?: readonly string[];
  readonly status?: number;
}

export function loginPage({
  action,
  csrf,
  clientName,
  name = '',
  problem,
  formTargets = [],
  status = 200,
}: LoginView): Page {
  const content = html`${problemNote(problem)}
${clientName === undefined ? undefined : html`<p>The app <strong>${clientName}</strong> asks for access. Log in to decide.</p>`}
<form method="post" action="${action}">
${hiddenField('csrf', csrf)}
<label for="name">User name</label>
<input type="text" id="name" name="name" value="${name}" autocomplete="username" autocapitalize="none" spellcheck="false" required autofocus>
<label for="password">Password</label>
<input type="password" id="password" name="password" autocomplete="current-password" required>
<button type="submit">Log in</button>
</form>`;
  return { title: 'Log in', content, formTargets, status };
}
