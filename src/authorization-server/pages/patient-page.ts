/** The page to choose a patient (SMART App Launch 2.2, launch/patient): by search for staff, from a list for others. */
import type { PatientCriteria, PatientSummary } from '../patients.ts';
import { type Html, html } from './html.ts';
import { hiddenField, type Page, problemNote } from './layout.ts';

export interface PatientChoice {
  readonly csrf: string;
  /** Where the chosen patient is sent. */
  readonly action: string;
  /** Where criteria are sent; undefined: there is nothing to search, the list is all. */
  readonly searchAction?: string | undefined;
  readonly criteria?: PatientCriteria | undefined;
  /** Undefined before a search. */
  readonly found?: readonly PatientSummary[] | undefined;
  readonly problem?: string | undefined;
  /** More to choose in the same form. */
  readonly also?: Html | undefined;
  readonly submit?: string;
}

export interface PatientView extends PatientChoice {
  readonly clientName: string;
  readonly formTargets: readonly string[];
}

export function patientPage(view: PatientView): Page {
  const content = html`<p>The app <strong>${view.clientName}</strong> works with one record at a time.</p>
${patientChooser(view)}`;
  return { title: 'Choose a record', content, formTargets: view.formTargets };
}

/** Search form and list, for this page and the one that launches apps. */
export function patientChooser(choice: PatientChoice): Html {
  const { found, searchAction, problem } = choice;
  return html`${problemNote(problem)}
${searchAction === undefined ? undefined : searchForm(choice, searchAction)}
${found === undefined ? undefined : html`<h2>${found.length === 0 ? 'No record found' : 'Records'}</h2>`}
${found === undefined || found.length === 0 ? undefined : resultForm(choice, found)}`;
}

function searchForm({ csrf, criteria }: PatientChoice, action: string): Html {
  const { name = '', birthDate = '', identifier = '' } = criteria ?? {};
  return html`<form method="post" action="${action}" role="search">
${hiddenField('csrf', csrf)}
<fieldset><legend>Find a patient</legend>
<label for="find-name">Name, or its beginning</label>
<input type="text" id="find-name" name="name" value="${name}" autocomplete="off">
<label for="find-birthdate">Birth date <span class="hint">like 2021-05-09</span></label>
<input type="text" id="find-birthdate" name="birthdate" value="${birthDate}" inputmode="numeric" autocomplete="off">
<label for="find-identifier">Number <span class="hint">medical record or registry number</span></label>
<input type="text" id="find-identifier" name="identifier" value="${identifier}" autocomplete="off">
<button type="submit">Find</button>
</fieldset>
</form>`;
}

function resultForm(
  { csrf, action, also, submit = 'Continue' }: PatientChoice,
  found: readonly PatientSummary[],
): Html {
  return html`<form method="post" action="${action}">
${hiddenField('csrf', csrf)}
<fieldset><legend>Whose record?</legend>
${found.map(
  ({ id, name, birthDate, identifier }, index) => html`<label class="choice" for="patient-${String(index)}">
<input type="radio" id="patient-${String(index)}" name="patient" value="${id}" required>
<span>${name} <small>born ${birthDate || 'unknown'}${identifier ? ` · ${identifier}` : ''}</small></span></label>`,
)}
</fieldset>
${also}
<button type="submit">${submit}</button>
</form>`;
}
