/** The EHR-launch simulator (SMART App Launch 2.2, app-launch.html#launch-app-ehr-launch): choose patient and app, as an EHR would do it. */
import type { RegisteredClient } from '../registered-client.ts';
import { html } from './html.ts';
import type { Page } from './layout.ts';
import { type PatientChoice, patientChooser } from './patient-page.ts';

export interface LaunchView extends Omit<PatientChoice, 'also' | 'submit'> {
  readonly userName: string;
  /** Apps that can be launched. */
  readonly apps: readonly RegisteredClient[];
  readonly formTargets: readonly string[];
}

export function launchPage({ userName, apps, formTargets, ...choice }: LaunchView): Page {
  const also = html`<fieldset><legend>Which app?</legend>
${apps.map(
  ({ id, name, launchUrl = '' }, index) => html`<label class="choice" for="app-${String(index)}">
<input type="radio" id="app-${String(index)}" name="client" value="${id}" required>
<span>${name} <small>${launchUrl}</small></span></label>`,
)}
</fieldset>`;
  const content = html`<p>You are logged in as ${userName}. Choose a patient and an app: it opens with that patient.</p>
${apps.length === 0 ? html`<p>No app with a launch URL is registered.</p>` : patientChooser({ ...choice, also, submit: 'Open the app' })}`;
  return { title: 'Open an app for a patient', content, formTargets };
}
