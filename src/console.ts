/** What a person who starts the server reads: what is done and why, how far it is, and what to try first. */
import cliProgress from 'cli-progress';
import { AUTHORIZATION_PATH } from './authorization-server/addresses.ts';
import type { Config } from './config.ts';
import type { DemonstrationAccounts } from './demonstration-accounts.ts';
import { FHIR_PATH } from './http/fhir-path.ts';

export interface Welcome {
  readonly config: Config;
  readonly port: number;
  /** A patient of the demonstration to try things with. */
  readonly example: { readonly id: string; readonly family: string } | undefined;
  /** Who can log in to the demonstration. */
  readonly accounts?: DemonstrationAccounts | undefined;
}

export interface Console {
  step(text: string): void;
  progress(text: string, done: number, total: number): void;
  welcome(welcome: Welcome): void;
}

type Output = NodeJS.WritableStream & { readonly isTTY?: boolean };

/** Off a terminal, progress is a line each time another quarter is done. */
const QUARTERS = 4;

export function createConsole(output: Output): Console {
  const write = (line: string) => output.write(`${line}\n`);
  return {
    step: (text) => write(`- ${text}`),
    progress: output.isTTY ? bars(output) : quarters(write),
    welcome: (welcome) => write(welcomeText(welcome)),
  };
}

function bars(output: Output): Console['progress'] {
  let bar: cliProgress.SingleBar | undefined;
  return (text, done, total) => {
    if (!bar) {
      bar = new cliProgress.SingleBar(
        { stream: output, format: '- {text} [{bar}] {percentage}%', hideCursor: true },
        cliProgress.Presets.rect,
      );
      bar.start(total, done, { text });
    }
    bar.setTotal(total);
    bar.update(done, { text });
    if (done < total) return;
    bar.stop();
    bar = undefined;
  };
}

function quarters(write: (line: string) => void): Console['progress'] {
  let shown = '';
  return (text, done, total) => {
    const quarter = total > 0 ? Math.floor((done / total) * QUARTERS) : 0;
    const state = `${text} ${(quarter * 100) / QUARTERS}%`;
    if (state !== shown) write(`- ${state}`);
    shown = state;
  };
}

const ACCESS: Readonly<Record<Config['auth'], string>> = {
  off: 'Access control is off (JENNER_AUTH=off): requests need no token, and only this machine can connect.',
  smart: 'Requests need an access token (Authorization: Bearer …); without: docs/smart.md, docs/security.md.',
};

/** A backend service's token lasts five minutes. */
const GET_TOKEN = `    TOKEN=$(npm run --silent jenner -- token --client demo-backend --scope 'system/*.cruds')
`;

function welcomeText({ config, port, example, accounts }: Welcome): string {
  const base = `http://localhost:${port}${FHIR_PATH}`;
  const { id, family } = example ?? { id: '<id>', family: '<name>' };
  const curl = config.auth === 'smart' ? 'curl -H "Authorization: Bearer $TOKEN"' : 'curl';
  return `
  Jenner, an Immunization Information System on FHIR R4
  Base URL  ${config.baseUrl ?? base}

  Try:
${config.auth === 'smart' && accounts ? GET_TOKEN : ''}    ${curl} '${base}/Patient?family=${encodeURIComponent(family)}&_count=5'
    ${curl} '${base}/Patient/${id}'
    ${curl} '${base}/Immunization?patient=${id}'

${accounts ? accountsText(accounts, config.baseUrl ?? base) : ''}  ${ACCESS[config.auth]}

Jenner is ready: ${base}`;
}

function accountsText({ users, clients }: DemonstrationAccounts, base: string): string {
  const page = new URL(AUTHORIZATION_PATH, base).href;
  const people = users.map(({ name, role, password }) => `    ${name.padEnd(15)} ${password}   ${role}`);
  const apps = clients.map(({ id, secret }) => `    ${id.padEnd(17)} ${secret ?? '(public)'}`);
  return `  Log in at ${page}/launch (open an app for a patient) or ${page}/manage as
${people.join('\n')}

  Apps that are registered (docs/smart.md), and their secrets:
${apps.join('\n')}

`;
}
