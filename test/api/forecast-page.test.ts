/** The /forecast page in a real browser: picked, pasted, by keyboard, on a phone, under its Content Security Policy. */
import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { caseNamed, immunizationsOf, patientOf, requestOf } from '../support/forecast-requests.ts';
import { startTestServer, type TestServer } from '../support/jenner.ts';

/** Named by CHROMIUM, or where systems install it; without one only the answers of the server are tested. */
const executable = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path !== undefined && existsSync(path));
const example = caseNamed('2013-0111');
const SHOTS = process.env['FORECAST_SHOTS'];

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  const named = { ...patientOf(example, 'ada'), name: [{ given: ['Ada'], family: 'Example' }] };
  for (const resource of [named, ...immunizationsOf(example, 'ada')]) {
    await server.put(`${resource.resourceType}/${resource.id}`, resource);
  }
  for (const id of ['twin-1', 'twin-2']) {
    await server.put(`Patient/${id}`, { ...patientOf(example, id), name: [{ given: [id], family: 'Double' }] });
  }
});
afterAll(() => server.close());

const origin = () => server.base.replace('/fhir', '');

describe('the files of /forecast', () => {
  it.each([
    ['/forecast', 'text/html'],
    ['/forecast.css', 'text/css'],
    ['/forecast.js', 'text/javascript'],
  ])('%s is sent as %s under a policy that allows nothing inline and nobody else', async (path, type) => {
    const { status, headers } = await server.fhir.get(path);
    expect([status, headers['content-type']?.startsWith(type)]).toEqual([200, true]);
    expect(headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(headers['content-security-policy']).not.toContain('unsafe');
  });

  it('have no script, style or event handler inside the markup', async () => {
    const { text } = await server.fhir.get('/forecast');
    expect(text).not.toMatch(/<script(?![^>]*src=)|<style|\son[a-z]+=|\sstyle=/);
  });
});

describe.runIf(executable)('the page in a browser', () => {
  let browser: Browser;
  const troubles: string[] = [];
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: executable ?? '', args: ['--no-sandbox'] });
  }, 60_000);
  afterAll(() => browser.close());

  async function open(path = '/forecast', viewport = { width: 1200, height: 900 }): Promise<Page> {
    const page = await browser.newPage({ viewport });
    page.on('console', (message) => {
      if (message.type() === 'error') troubles.push(message.text());
    });
    page.on('pageerror', (error) => troubles.push(error.message));
    await page.goto(`${origin()}${path}`);
    return page;
  }
  const shown = (page: Page) => page.locator('#answer').waitFor({ state: 'visible' });
  const shot = async (page: Page, name: string) => {
    if (SHOTS) await page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: true });
  };

  it('shows what is due, each verdict with its reason, and the trace of the patient that was picked', async () => {
    const page = await open();
    await page.getByLabel('Name or id').fill('Ada Example');
    await page.getByLabel('As of').fill(example.assessmentDate);
    await page.getByRole('button', { name: 'Find' }).click();
    await shown(page);
    expect(await page.locator('#answer-title').textContent()).toBe('Ada Example');
    expect(await page.locator('#due tbody tr').count()).toBeGreaterThan(3);
    expect(await page.locator('#doses').textContent()).toMatch(/Valid|Not Valid/);
    expect(await page.locator('#groups details').count()).toBeGreaterThanOrEqual(26);
    const first = page.locator('#groups details').first();
    await first.locator('summary').click();
    expect((await first.locator('li, p').first().textContent())?.length).toBeGreaterThan(10);
    await shot(page, 'picked');
    await page.close();
  });

  it('lets one choose where several have the name, with the keyboard alone', async () => {
    const page = await open();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Double');
    await page.keyboard.press('Enter');
    await page.locator('#found button').nth(1).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await shown(page);
    expect(await page.locator('#answer-title').textContent()).toBe('twin-2 Double');
    expect(await page.evaluate('document.activeElement.id')).toBe('answer');
    await page.close();
  });

  it('takes a pasted Bundle or Parameters, without storing it', async () => {
    const page = await open();
    await page.getByText('Paste a record instead').click();
    const request = requestOf(example);
    const resources = request.parameter.flatMap((entry) => ('resource' in entry ? [{ resource: entry.resource }] : []));
    for (const record of [request, { resourceType: 'Bundle', type: 'collection', entry: resources }]) {
      await page.getByLabel(/FHIR Bundle or Parameters/).fill(JSON.stringify(record));
      await page.getByRole('button', { name: 'Forecast' }).click();
      await shown(page);
      expect(await page.locator('#doses tbody tr').count()).toBeGreaterThan(0);
    }
    expect((await server.get(`Patient/${example.id.trim()}`)).status).toBe(404);
    await page.close();
  });

  it('says in words what is wrong with what was asked', async () => {
    const page = await open();
    await page.getByLabel('Name or id').fill('Nobody-of-this-name');
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByText('Nobody of that name or id is here.').waitFor();
    await page.getByText('Paste a record instead').click();
    await page.getByLabel(/FHIR Bundle or Parameters/).fill('{');
    await page.getByRole('button', { name: 'Forecast' }).click();
    await page.getByText('This is not well-formed JSON.').waitFor();
    await page.getByLabel(/FHIR Bundle or Parameters/).fill('{"resourceType":"Bundle","type":"collection"}');
    await page.getByRole('button', { name: 'Forecast' }).click();
    await page.getByText('The parameter patient is required.').waitFor();
    await page.close();
    // A browser reports each refused request on its console: those two are what was asked for.
    expect(troubles.filter((text) => !/status of 40[04]/.test(text))).toEqual([]);
    troubles.length = 0;
  });

  it('fits a phone, and shows names with markup as text', async () => {
    const name = [{ family: '<img src=x onerror=alert(1)>' }];
    await server.put('Patient/markup', { ...patientOf(example, 'markup'), name });
    for (const resource of immunizationsOf(example, 'markup'))
      await server.put(`Immunization/${resource.id}`, resource);
    const page = await open(`/forecast?patient=markup&date=${example.assessmentDate}`, { width: 360, height: 740 });
    await shown(page);
    expect(await page.locator('#answer-title').textContent()).toBe('<img src=x onerror=alert(1)>');
    const width = await page.evaluate('document.documentElement.scrollWidth');
    expect(width).toBeLessThanOrEqual(360);
    await shot(page, 'phone');
    await page.close();
    expect(troubles).toEqual([]);
  });

  it('has a label for every field and a caption for every table', async () => {
    const page = await open(`/forecast?patient=ada&date=${example.assessmentDate}`);
    await shown(page);
    const unnamed =
      await page.evaluate(`[...document.querySelectorAll('input, textarea')].filter((field) => field.labels.length === 0).length +
      [...document.querySelectorAll('table')].filter((table) => !table.caption?.textContent).length`);
    expect(unnamed).toBe(0);
    await page.close();
  });
});
