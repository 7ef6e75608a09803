/** What people see and do, and what nobody can do in their name (SMART App Launch 2.2, management_endpoint; OWASP ASVS 3, 4.2.2). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AuthorizationTestServer,
  askAuthorization,
  callToken,
  decide,
  getToken,
  PASSWORD,
  scopesOn,
  startAuthorizationServer,
} from '../../support/authorization.ts';

let server: AuthorizationTestServer;
beforeAll(async () => {
  server = await startAuthorizationServer();
});
afterAll(() => server.close());

const manage = () => `${server.issuer}/manage`;
const loginForm = (name: string, password = PASSWORD) => ({ name, password });

async function consentPage(user = 'nurse') {
  const browser = server.browserOf(user);
  let page = await browser.open(askAuthorization(server).url);
  if (page.text.includes('name="password"')) page = await browser.submit(page, loginForm(user));
  if (page.text.includes('role="search"')) page = await browser.submit(page, { name: 'Family' });
  page = await browser.submit(page, { patient: 'ben' }, page.text.includes('role="search"') ? 1 : 0);
  return { browser, page };
}

describe('AS-16 every page', () => {
  it('can be in no frame, runs no script, is kept by nobody', async () => {
    const browser = server.browser();
    const pages = [
      await browser.open(manage()),
      await browser.open(askAuthorization(server).url),
      (await consentPage()).page,
      await browser.open(`${server.issuer}/nowhere`),
    ];
    for (const { headers, text } of pages) {
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain('unsafe');
      expect(policy).not.toContain('script-src');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('cache-control')).toContain('no-store');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(text).not.toMatch(/<script|style=|onclick/);
    }
  });

  it('labels every field, has one heading and a language', async () => {
    for (const { text } of [await server.browser().open(manage()), (await consentPage()).page]) {
      expect(text).toContain('<html lang="en">');
      expect(text.match(/<h1>/g)).toHaveLength(1);
      expect(text).toContain('name="viewport"');
      const ids = [...text.matchAll(/<input (?![^>]*type="hidden")[^>]*id="([^"]*)"/g)].map(([, id]) => id);
      const labels = [...text.matchAll(/<label [^>]*for="([^"]*)"/g)].map(([, id]) => id);
      expect(labels).toEqual(ids);
      expect(ids.length).toBeGreaterThan(0);
    }
  });

  it('shows names as text, whatever is in them', async () => {
    const { page } = await consentPage();
    expect(page.text).not.toContain('<b>');
    const browser = server.browser();
    const login = await browser.open(manage());
    const refused = await browser.submit(login, loginForm('"><img src=x>', 'x'));
    expect(refused.text).not.toContain('<img');
    expect(refused.text).toContain('&quot;&gt;&lt;img src=x&gt;');
  });
});

describe('AS-16 a form', () => {
  it('is refused without the token of its page, in another browser, and from another site', async () => {
    const { browser, page } = await consentPage();
    const action = /action="([^"]*)"/.exec(page.text)?.[1] ?? '';
    const csrf = /name="csrf" value="([^"]*)"/.exec(page.text)?.[1] ?? '';
    const fields = { decision: 'approve', scope: [...scopesOn(page)] };
    expect((await browser.post(action, fields)).status).toBe(403);
    expect((await browser.post(action, { ...fields, csrf: 'made up' })).status).toBe(403);
    expect((await server.browser().post(action, { ...fields, csrf })).status).toBe(403);
    const elsewhere = { origin: 'https://evil.example' };
    expect((await browser.post(action, { ...fields, csrf }, elsewhere)).status).toBe(403);
    expect((await browser.post(action, { ...fields, csrf }, { origin: 'null' })).status).toBe(403);
    expect((await browser.post(action, { ...fields, csrf })).url).toContain('https://app.example.org/callback');
  });

  it('that logs in, out, revokes or launches is refused without the token of its page', async () => {
    const browser = server.browserOf('nurse');
    await getToken(server, {}, browser);
    for (const path of ['/logout', '/manage/revoke', '/launch/open', '/launch/find', '/login/manage']) {
      expect((await browser.post(`${server.issuer}${path}`, loginForm('nurse'))).status).toBe(403);
    }
    expect((await browser.open(manage())).text).toContain('You are logged in');
  });

  it('of somebody else’s interaction leads nowhere', async () => {
    const { page } = await consentPage();
    const action = /action="([^"]*)"/.exec(page.text)?.[1] ?? '';
    const other = server.browser();
    const own = await other.open(manage());
    const csrf = /name="csrf" value="([^"]*)"/.exec(own.text)?.[1] ?? '';
    const answer = await other.post(action, { csrf, decision: 'approve', scope: [...scopesOn(page)] });
    expect(answer.status).toBe(400);
    expect(answer.url).toContain(server.origin);
  });

  it('leads only where the app may be, and to no place that a request names', async () => {
    const { page } = await consentPage();
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("form-action 'self' https://app.example.org;");
    const browser = server.browser();
    const login = await browser.open(`${manage()}?next=https://evil.example&return_to=//evil.example`);
    const entered = await browser.submit(login, loginForm('nurse'));
    expect(entered.url).toBe(manage());
    expect((await browser.open(`${server.issuer}/login/elsewhere`)).status).toBe(404);
  });
});

describe('AS-16 a login', () => {
  it('says the same of a wrong name and a wrong password', async () => {
    const browser = server.browser();
    const page = await browser.open(manage());
    const answers = [
      await browser.submit(page, loginForm('nobody')),
      await browser.submit(page, loginForm('doctor', 'x')),
    ];
    for (const { status, text } of answers) {
      expect(status).toBe(401);
      expect(text).toContain('User name or password is wrong.');
    }
  });

  it('is slowed down after ten wrong passwords, for everybody alike, and then the right one doesn’t help', async () => {
    const browser = server.browser();
    const page = await browser.open(manage());
    const statuses: number[] = [];
    for (let count = 0; count < 11; count++)
      statuses.push((await browser.submit(page, loginForm('patient', 'x'))).status);
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429]);
    expect((await browser.submit(page, loginForm('PATIENT '))).status).toBe(429);
    const unknown: number[] = [];
    for (let count = 0; count < 11; count++)
      unknown.push((await browser.submit(page, loginForm('not-there', 'x'))).status);
    expect(unknown).toEqual(statuses);
  });

  it('counts tries that come at the same time one by one', async () => {
    const browser = server.browser();
    const page = await browser.open(manage());
    const tries = Array.from({ length: 15 }, () => browser.submit(page, loginForm('parallel', 'x')));
    const statuses = (await Promise.all(tries)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
  });

  it('makes a new session: one that was planted before is worth nothing', async () => {
    const browser = server.browser();
    const planted = 'planted-session-planted-session';
    browser.setCookie('jenner_session', planted);
    const page = await browser.open(manage());
    await browser.submit(page, loginForm('nurse'));
    const session = browser.cookie('jenner_session');
    expect(session).toEqual(expect.any(String));
    expect(session).not.toBe(planted);
    const other = server.browser();
    other.setCookie('jenner_session', planted);
    expect((await other.open(manage())).text).toContain('name="password"');
  });

  it('in the course of a launch changes the session id too', async () => {
    const browser = server.browser();
    const page = await browser.open(askAuthorization(server).url);
    const before = browser.cookie('jenner_session');
    await decide(browser, page);
    expect(browser.cookie('jenner_session')).not.toBe(before);
  });

  it('sets cookies that scripts can’t read and other sites don’t send', async () => {
    const login = await fetch(manage());
    const lines = login.headers.getSetCookie();
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) {
      expect(line).toMatch(/httponly/i);
      expect(line).toMatch(/samesite=lax/i);
    }
  });
});

describe('the page of approval', () => {
  it('AS-19 names the app, each right in plain words, how long, and where to take it back', async () => {
    const { page } = await consentPage();
    expect(page.text).toContain('A public app');
    expect(page.text).toContain('app.example.org');
    expect(page.text).toContain('Ben Family');
    expect(page.text).toContain('See everything in the record of this one person');
    expect(page.text).toContain('Keep access when you are away, for up to a year');
    expect(page.text).toContain(`${server.issuer}/manage`);
  });
});

describe('the page of apps', () => {
  it('AS-14 takes access back: the tokens end, and refresh tokens with them', async () => {
    const browser = server.browserOf('doctor');
    const { body } = await getToken(server, { user: 'doctor' }, browser);
    const read = async () => {
      const headers = { authorization: `Bearer ${body.access_token}` };
      return (await fetch(`${server.fhirBase}/Patient/ben`, { headers })).status;
    };
    expect(await read()).toBe(200);
    const page = await browser.open(manage());
    expect(page.text).toContain('A public app');
    expect(page.text).toContain('Record of Ben Family');
    const after = await browser.submit(page, {});
    expect(after.text).toContain('No app has access.');
    const again = { grant_type: 'refresh_token', client_id: 'public-app', refresh_token: body.refresh_token };
    expect((await callToken(server, again)).body.error).toBe('invalid_grant');
    await expect.poll(read, { timeout: 30_000, interval: 250 }).toBe(401);
  });

  it('AS-14 takes back only what is one’s own', async () => {
    const { body } = await getToken(server, { user: 'nurse' });
    const contexts = server.jenner.database.db.collection('jenner_authorization').find({ kind: 'GrantContext' });
    const grants = (await contexts.toArray()).map(
      ({ content }) => JSON.parse(content) as { grant: string; account: string },
    );
    const theirs = grants.filter(({ account }) => account === 'nurse');
    expect(theirs.length).toBeGreaterThan(0);
    const browser = server.browser();
    const page = await browser.submit(await browser.open(manage()), loginForm('doctor'));
    const csrf = /name="csrf" value="([^"]*)"/.exec(page.text)?.[1] ?? '';
    for (const { grant } of theirs) await browser.post(`${manage()}/revoke`, { csrf, grant });
    const again = { grant_type: 'refresh_token', client_id: 'public-app', refresh_token: body.refresh_token };
    expect((await callToken(server, again)).status).toBe(200);
  });

  it('needs a login, and a logout ends it', async () => {
    const browser = server.browser();
    const page = await browser.submit(await browser.open(manage()), loginForm('doctor'));
    const session = browser.cookie('jenner_session') ?? '';
    expect(page.text).toContain('Dan Doctor');
    const forms = page.text.split('<form').length - 2;
    expect((await browser.submit(page, {}, forms)).text).toContain('name="password"');
    const stolen = server.browser();
    stolen.setCookie('jenner_session', session);
    expect((await stolen.open(manage())).text).toContain('name="password"');
  });
});

describe('an address that is not served', () => {
  it('is answered with a page, or with the methods that it has', async () => {
    expect((await fetch(`${server.issuer}/constructor`)).status).toBe(404);
    const wrong = await fetch(`${server.issuer}/token`);
    expect(wrong.status).toBe(405);
    expect(wrong.headers.get('allow')).toContain('POST');
    expect((await fetch(`${server.issuer}/interaction/abcdefghijk`)).status).toBe(400);
    const text = { method: 'POST', body: 'x', headers: { 'content-type': 'text/plain' } };
    expect((await fetch(`${server.issuer}/login/manage`, text)).status).toBe(415);
    const long = { method: 'POST', body: new URLSearchParams({ name: 'x'.repeat(100_000) }) };
    expect((await fetch(`${server.issuer}/login/manage`, long)).status).toBe(413);
    expect(server.logged).toEqual([]);
  });
});
