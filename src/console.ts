/** What a person who starts the server reads: what is done and why, how far it is, and what to try first. */
import cliProgress from 'cli-progress';
import type { Config } from './config.ts';
import { FHIR_PATH } from './http/fhir-path.ts';

export interface Welcome {
  readonly config: Config;
  readonly port: number;
  /** A patient of the demonstration to try things with. */
  readonly example: { readonly id: string; readonly family: string } | undefined;
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
  smart: 'Requests need an access token (Authorization: Bearer …) of an issuer that JENNER_ISSUERS names.',
};

function welcomeText({ config, port, example }: Welcome): string {
  const base = `http://localhost:${port}${FHIR_PATH}`;
  const { id, family } = example ?? { id: '<id>', family: '<name>' };
  return `
  Jenner, an Immunization Information System on FHIR R4
  Base URL  ${config.baseUrl ?? base}

  Try:
    curl '${base}/Patient?family=${encodeURIComponent(family)}&_count=5'
    curl '${base}/Patient/${id}'
    curl '${base}/Immunization?patient=${id}'

  ${ACCESS[config.auth]}

Jenner is ready: ${base}`;
}
