/** Clients that others have written: the SMART JS client in a browser, and fhir-kit-client (SMART App Launch 2.2). */
import { existsSync } from 'node:fs';
import { Client } from 'fhir-kit-client';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AppServer, startAppServer } from '../../support/app-server.ts';
import {
  type AuthorizationTestServer,
  backendRequest,
  generateTestKey,
  PASSWORD,
  signAssertion,
  startAuthorizationServer,
  type TestKey,
} from '../../support/authorization.ts';

/** Where the machine has a browser that can be driven; CHROMIUM names another. */
const CHROMIUM = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path !== undefined && existsSync(path));
if (CHROMIUM === undefined) process.stderr.write('real clients: no Chromium here, the SMART JS client is not tried\n');

let server: AuthorizationTestServer;
let app: AppServer;
let key: TestKey;

beforeAll(async () => {
  app = await startAppServer();
  key = await generateTestKey('RS384', 'kit');
  server = await startAuthorizationServer({
    clients: [
      {
        client_id: 'js-app',
        client_name: 'SMART JS',
        token_endpoint_auth_method: 'none',
        redirect_uris: [`${app.origin}/`],
        launch_url: `${app.origin}/launch.html`,
        scope: 'openid fhirUser launch launch/patient offline_access online_access patient/*.rs user/*.rs',
      },
      {
        client_id: 'kit',
        grant_types: ['client_credentials'],
        token_endpoint_auth_method: 'private_key_jwt',
        jwks: { keys: [key.publicJwk] },
        scope: 'system/*.rs',
      },
    ],
  });
});
afterAll(async () => {
  await server.close();
  await app.close();
});

describe.runIf(CHROMIUM !== undefined)('the SMART JS client in Chromium', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: `${CHROMIUM}`, args: ['--no-sandbox'] });
  });
  afterAll(() => browser.close());

  async function logIn(page: Page, name: string): Promise<void> {
    await page.getByLabel('User name').fill(name);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Log in' }).click();
  }

  async function outcomeOf(page: Page): Promise<unknown> {
    await page.waitForFunction("document.title === 'done'");
    return JSON.parse((await page.locator('#out').textContent()) ?? '');
  }

  async function withPage(run: (page: Page) => Promise<void>): Promise<void> {
    const context = await browser.newContext({ viewport: { width: 360, height: 640 } });
    try {
      await run(await context.newPage());
    } finally {
      await context.close();
    }
  }

  it('AS-01 launches alone, with a parent who chooses a child, and reads the immunizations', () =>
    withPage(async (page) => {
      app.use('js-app', 'openid fhirUser launch/patient offline_access patient/*.rs user/RelatedPerson.rs');
      await page.goto(`${app.origin}/launch.html?iss=${encodeURIComponent(server.fhirBase)}`);
      await logIn(page, 'parent');
      await page.getByLabel('Ben Family').check();
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByRole('button', { name: 'Allow' }).click();
      const user = 'RelatedPerson/of-ben';
      expect(await outcomeOf(page)).toEqual({ patient: 'ben', doses: ['ben-mmr'], user, again: 'ben' });
    }));

  it('CTX-02 is launched by the simulator of an EHR, with a nurse who finds a patient', () =>
    withPage(async (page) => {
      app.use('js-app', 'openid fhirUser launch online_access patient/*.rs user/Practitioner.rs');
      await page.goto(`${server.issuer}/launch`);
      await logIn(page, 'nurse');
      await page.getByLabel('Name, or its beginning').fill('Family');
      await page.getByRole('button', { name: 'Find' }).click();
      await page.getByLabel('Ben Family').check();
      await page.getByLabel('SMART JS').check();
      await page.getByRole('button', { name: 'Open the app' }).click();
      await page.getByRole('button', { name: 'Allow' }).click();
      const user = 'Practitioner/nora';
      expect(await outcomeOf(page)).toEqual({ patient: 'ben', doses: ['ben-mmr'], user, again: 'ben' });
    }));

  it('AS-16 fits a phone without scrolling sideways, and works with the keyboard alone', () =>
    withPage(async (page) => {
      await page.goto(`${server.issuer}/manage`);
      // The page puts the cursor into its first field; keys that come before go nowhere.
      await page.locator('input:focus').waitFor();
      await page.keyboard.type('nurse');
      await page.keyboard.press('Tab');
      await page.keyboard.type(PASSWORD);
      await page.keyboard.press('Enter');
      await page.getByText('You are logged in as Nora Nurse').waitFor();
      const width = await page.evaluate<number>('document.documentElement.scrollWidth');
      expect(width).toBeLessThanOrEqual(360);
    }));
});

describe('fhir-kit-client', () => {
  it('BSV-01 finds the token endpoint and reads as a backend service', async () => {
    const client = new Client({ baseUrl: server.fhirBase });
    const { tokenUrl } = await client.smartAuthMetadata();
    expect(`${tokenUrl}`).toBe(`${server.issuer}/token`);
    const body = new URLSearchParams(backendRequest(await signAssertion(server, 'kit', key), 'system/Immunization.rs'));
    const answer = (await (await fetch(`${tokenUrl}`, { method: 'POST', body })).json()) as { access_token: string };
    client.bearerToken = answer.access_token;
    const found = await client.search({ resourceType: 'Immunization', searchParams: { patient: 'ben' } });
    expect(found['entry']).toHaveLength(1);
    await expect(client.read({ resourceType: 'Patient', id: 'ben' })).rejects.toMatchObject({
      response: { status: 403 },
    });
  });
});
