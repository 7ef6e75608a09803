/** A SMART app of the kind that people write: two pages that use the SMART JS client, and nothing of ours. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';

export interface AppServer {
  readonly origin: string;
  /** The client id with which the app's pages ask. */
  use(clientId: string, scope: string): void;
  close(): Promise<void>;
}

const require = createRequire(import.meta.url);
const library = (): string => readFileSync(require.resolve('fhirclient/build/fhir-client.js'), 'utf8');

const page = (script: string): string =>
  `<!doctype html><html lang="en"><title>app</title><body><pre id="out"></pre><script src="/fhir-client.js"></script><script>${script}</script></body></html>`;

/** Reads the record that it was given: the patient, the doses, the user, and once more after a refresh. */
const READY = `FHIR.oauth2.ready().then(async (client) => {
  const patient = await client.patient.read();
  const doses = await client.request('Immunization?patient=' + client.patient.id, { flat: true });
  const user = await client.user.read();
  await client.refresh();
  const again = await client.patient.read();
  return { patient: patient.id, doses: doses.map(({ id }) => id), user: user.resourceType + '/' + user.id, again: again.id };
}).catch((error) => ({ error: String(error) })).then((result) => {
  document.getElementById('out').textContent = JSON.stringify(result);
  document.title = 'done';
});`;

export async function startAppServer(): Promise<AppServer> {
  let settings = { clientId: '', scope: '' };
  const script = library();
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0];
    if (path === '/fhir-client.js') {
      response.setHeader('Content-Type', 'text/javascript').end(script);
      return;
    }
    const start = `FHIR.oauth2.authorize(${JSON.stringify({ ...settings, redirectUri: '/', pkceMode: 'required' })})`;
    response.setHeader('Content-Type', 'text/html').end(page(path === '/launch.html' ? start : READY));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    use: (clientId, scope) => {
      settings = { clientId, scope };
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
