/** The frame of every page (WCAG 2.2, level AA): one heading, one column, no script. */
import { AUTHORIZATION_PATH } from '../addresses.ts';
import { type Html, html } from './html.ts';

export interface Page {
  readonly title: string;
  readonly content: Html;
  readonly status?: number;
  /** Where forms of this page may lead beside this server (CSP `form-action`), as sources: `https://app.example.org`. */
  readonly formTargets?: readonly string[];
}

export const STYLE_PATH = '/style.css';

export const pageHtml = ({ title, content }: Page): string =>
  `<!doctype html>\n${
    html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} – Immunization registry</title>
<link rel="stylesheet" href="${AUTHORIZATION_PATH}${STYLE_PATH}">
</head>
<body>
<header><p>Immunization registry</p></header>
<main>
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`.html
  }`;

/** Something to be read before anything else: what went wrong. */
export const problemNote = (text: string | undefined): Html | undefined =>
  text === undefined ? undefined : html`<p class="alert" role="alert">${text}</p>`;

/** What a form of ours carries so that no other page can send it. */
export const hiddenField = (name: string, value: string): Html =>
  html`<input type="hidden" name="${name}" value="${value}">`;

export const STYLE = `:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; background: #f3f5f7; color: #1b1f24; font: 1rem/1.5 system-ui, sans-serif; }
header { background: #14457a; color: #fff; padding: .5rem 1rem; }
header p { margin: 0 auto; max-width: 40rem; font-weight: 600; }
main { max-width: 40rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.5rem; line-height: 1.25; }
h2 { font-size: 1.15rem; margin: 1.5rem 0 .5rem; }
label { display: block; font-weight: 600; margin-top: .75rem; }
input[type=text], input[type=password], input[type=date] { width: 100%; font: inherit; padding: .6rem; border: 1px solid #5b6672; border-radius: .25rem; background: #fff; color: inherit; }
button { font: inherit; font-weight: 600; padding: .6rem 1.1rem; margin: 1rem .5rem 0 0; border: 2px solid #14457a; border-radius: .25rem; background: #14457a; color: #fff; cursor: pointer; }
button.quiet { background: #fff; color: #14457a; }
:focus-visible { outline: 3px solid #b3540a; outline-offset: 2px; }
fieldset { border: 1px solid #aab3bc; border-radius: .25rem; background: #fff; margin: 1rem 0 0; padding: .5rem 1rem 1rem; }
legend { font-weight: 600; padding: 0 .25rem; }
.choice { display: flex; gap: .6rem; align-items: flex-start; padding: .5rem 0; margin: 0; font-weight: 400; }
.choice input { width: 1.25rem; height: 1.25rem; margin: .15rem 0 0; flex: none; }
.choice small, .hint { color: #47525d; display: block; }
.alert { border-left: .3rem solid #a3161d; background: #fff; padding: .75rem 1rem; }
.card { background: #fff; border: 1px solid #aab3bc; border-radius: .25rem; padding: .25rem 1rem 1rem; margin: 1rem 0; }
code { overflow-wrap: anywhere; }
`;
