/** Launch from an EHR and launch context (SMART App Launch 2.2, app-launch.html, scopes-and-launch-context.html). */
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AuthorizationTestServer,
  answerIn,
  askAuthorization,
  callToken,
  credentialsOf,
  decide,
  getToken,
  PASSWORD,
  redemption,
  startAuthorizationServer,
} from '../../support/authorization.ts';
import type { Browser, BrowserPage } from '../../support/browser.ts';

let server: AuthorizationTestServer;
beforeAll(async () => {
  server = await startAuthorizationServer();
});
afterAll(() => server.close());

const SCOPE = 'launch openid fhirUser offline_access patient/*.rs';

async function simulator(browser: Browser, user = 'nurse'): Promise<BrowserPage> {
  const page = await browser.open(`${server.issuer}/launch`);
  return page.text.includes('name="password"') ? browser.submit(page, { name: user, password: PASSWORD }) : page;
}

/** Opens an app in the simulator and answers the handle that it is launched with. */
async function launch(
  browser: Browser,
  { client = 'public-app', patient = 'ben', user = 'nurse' } = {},
): Promise<string> {
  const start = await simulator(browser, user);
  const found = start.text.includes('role="search"') ? await browser.submit(start, { name: 'Family' }) : start;
  const opened = await browser.submit(found, { patient, client }, start.text.includes('role="search"') ? 1 : 0);
  expect(opened.url.startsWith('https://app.example.org/launch?')).toBe(true);
  expect(answerIn(opened).get('iss')).toBe(server.fhirBase);
  return `${answerIn(opened).get('launch')}`;
}

const ask = (handle: string | undefined, client = 'public-app', scope = SCOPE) =>
  askAuthorization(server, { client, scope, params: { launch: handle } });

async function redeem(browser: Browser, handle: string, client = 'public-app') {
  const { url, verifier } = ask(handle, client);
  const code = `${answerIn(await decide(browser, await browser.open(url))).get('code')}`;
  return callToken(server, redemption({ code, verifier, client }), credentialsOf(client));
}

describe('an EHR launch', () => {
  it('CTX-02 CTX-03 gives the app the patient that was chosen, without asking again', async () => {
    const browser = server.browserOf('nurse');
    const { body: answer } = await redeem(browser, await launch(browser));
    expect(answer).toMatchObject({ patient: 'ben', need_patient_banner: false });
    expect(answer.smart_style_url).toBe(`${server.issuer}/smart-style.json`);
    expect(answer.scope.split(' ')).toContain('launch');
    expect(decodeJwt(answer.access_token)['patient']).toBe('ben');
    const again = { grant_type: 'refresh_token', client_id: 'public-app', refresh_token: answer.refresh_token };
    expect((await callToken(server, again)).body).toMatchObject({ patient: 'ben', need_patient_banner: false });
    const style = (await (await fetch(answer.smart_style_url)).json()) as object;
    expect(Object.keys(style)).toContain('color_background');
  });

  it('CTX-01 is good for one authorization', async () => {
    const browser = server.browserOf('nurse');
    const handle = await launch(browser);
    expect((await redeem(browser, handle)).status).toBe(200);
    expect(answerIn(await browser.open(ask(handle).url)).get('error')).toBe('invalid_request');
  });

  it('CTX-01 that two requests use is good for one of them', async () => {
    const browser = server.browserOf('nurse');
    const handle = await launch(browser);
    const [one, other] = [await browser.open(ask(handle).url), await browser.open(ask(handle).url)];
    const answers = [answerIn(await decide(browser, other)), answerIn(await decide(browser, one)).get('code')];
    expect((answers[0] as URLSearchParams).get('code')).toEqual(expect.any(String));
    expect(answers[1]).toBeNull();
  });

  it('CTX-01 is worth nothing to another user', async () => {
    const handle = await launch(server.browserOf('nurse'));
    const { url } = ask(handle);
    const browser = server.browserOf('doctor');
    const answer = answerIn(await decide(browser, await browser.open(url), { user: 'doctor' }));
    expect(answer.get('error')).toBe('access_denied');
    expect(answer.get('code')).toBeNull();
  });

  it('CTX-01 is worth nothing to another app', async () => {
    const handle = await launch(server.browserOf('nurse'));
    const page = await server.browserOf('nurse').open(ask(handle, 'secret-app').url);
    expect(answerIn(page).get('error')).toBe('invalid_request');
  });

  it('CTX-01 is over after some minutes', async () => {
    const browser = server.browserOf('nurse');
    const handle = await launch(browser);
    const records = server.jenner.database.db.collection('jenner_authorization');
    const [newest] = await records.find({ kind: 'Launch' }).sort({ expiresAt: -1 }).toArray();
    expect(newest?.['expiresAt'].getTime()).toBeLessThanOrEqual(Date.now() + 300_000);
    await records.updateMany({ kind: 'Launch' }, { $set: { expiresAt: new Date(Date.now() - 1) } });
    expect(answerIn(await browser.open(ask(handle).url)).get('error')).toBe('invalid_request');
  });

  it.each([
    ['no handle', undefined],
    ['a made-up handle', 'xyz'],
  ])('CTX-01 does not begin with %s', async (_name, handle) => {
    const page = await server.browserOf('nurse').open(ask(handle).url);
    expect(answerIn(page).get('error')).toBe('invalid_request');
  });

  it('opens no app for a patient that the user may not choose', async () => {
    const browser = server.browserOf('parent');
    const page = await simulator(browser, 'parent');
    expect(page.text).toContain('Ben Family');
    expect(page.text).not.toContain('Ada Family');
    const opened = await browser.submit(page, { patient: 'ada', client: 'public-app' });
    expect(opened.status).toBe(403);
  });

  it('gives a parent the record of a child, as who they are to it', async () => {
    const browser = server.browserOf('parent');
    const { body } = await redeem(browser, await launch(browser, { patient: 'eve', user: 'parent' }));
    expect(decodeJwt(body.access_token)).toMatchObject({ patient: 'eve', fhirUser: 'RelatedPerson/of-eve' });
  });
});

describe('the choice of a record', () => {
  const choices = async (user: string): Promise<string> => {
    const browser = server.browserOf(user);
    const page = await browser.open(askAuthorization(server).url);
    return page.text.includes('name="password"')
      ? (await browser.submit(page, { name: user, password: PASSWORD })).text
      : page.text;
  };

  it('CTX-04 offers a patient their own record alone', async () => {
    const text = await choices('patient');
    expect(text).toContain('Ada Family');
    expect(text.match(/name="patient"/g)).toHaveLength(1);
    expect(text).not.toContain('role="search"');
  });

  it('CTX-04 offers a parent their own record and those of the children they stand for now', async () => {
    const text = await choices('parent');
    for (const name of ['Paula Family', 'Ben Family', 'Eve Family']) expect(text).toContain(name);
    expect(text).not.toContain('Old Family');
  });

  it('CTX-04 gives no other record, whatever the form says', async () => {
    for (const patient of ['ada', 'old', 'nobody', '$ne']) {
      const browser = server.browserOf('parent');
      const page = await decide(browser, await browser.open(askAuthorization(server).url), { user: 'parent', patient });
      expect(page.status).toBe(403);
    }
  });

  it('CTX-04 lets staff find patients by name, birth date and number', async () => {
    const browser = server.browserOf('nurse');
    await getToken(server, {}, browser);
    const page = await browser.open(askAuthorization(server).url);
    expect(page.text).not.toContain('name="patient"');
    const found = async (fields: Record<string, string>) => (await browser.submit(page, fields)).text;
    expect(await found({ name: 'ada' })).toContain('Ada Family');
    expect(await found({ birthdate: '2020-02-02' })).toContain('Ben Family');
    expect(await found({ birthdate: '2020-02-02' })).not.toContain('Ada Family');
    expect(await found({ identifier: 'N-eve' })).toContain('Eve Family');
    expect(await found({ name: 'nobody at all' })).toContain('No record found');
    expect(await found({ birthdate: 'yesterday' })).toContain('Write a birth date like');
    expect(await found({})).not.toContain('name="patient"');
  });

  it('CTX-06 ends with the right to it: a refresh then fails', async () => {
    const { body } = await getToken(server, { user: 'parent', patient: 'ben' });
    expect(decodeJwt(body.access_token)).toMatchObject({ patient: 'ben', fhirUser: 'RelatedPerson/of-ben' });
    const again = { grant_type: 'refresh_token', client_id: 'public-app', refresh_token: body.refresh_token };
    const fresh = await callToken(server, again);
    expect(fresh.body.patient).toBe('ben');
    const { body: backend } = await getToken(server, { user: 'nurse', scope: 'user/RelatedPerson.cruds' });
    const ended = { resourceType: 'RelatedPerson', id: 'of-ben', active: false, patient: { reference: 'Patient/ben' } };
    const headers = { authorization: `Bearer ${backend.access_token}`, 'content-type': 'application/fhir+json' };
    const put = { method: 'PUT', headers, body: JSON.stringify(ended) };
    expect((await fetch(`${server.fhirBase}/RelatedPerson/of-ben`, put)).status).toBe(200);
    const late = await callToken(server, { ...again, refresh_token: fresh.body.refresh_token });
    expect(late.body.error).toBe('invalid_grant');
  });
});
