/** The page at /docs, which shows the OpenAPI document without asking other hosts. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/jenner.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const partsOf = (page: string): readonly string[] =>
  [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = '']) => path);

describe('the page to browse the API with', () => {
  it('is where a browser is led that opens the address of the server, and a program is not', async () => {
    const browser = await server.fhir.get('/').set('Accept', 'text/html,application/xhtml+xml,*/*;q=0.8');
    expect([browser.status, browser.headers['location']]).toEqual([302, 'docs']);
    const program = await server.fhir.get('/');
    expect([program.status, program.body.issue[0].diagnostics]).toEqual([404, expect.stringContaining('/docs')]);
    expect((await server.fhir.get('/docs/')).headers['location']).toBe('../docs');
  });

  it('runs no script of its own text, and lets nothing in from other hosts', async () => {
    const { status, text, headers } = await server.fhir.get('/docs');
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    const policy = headers['content-security-policy'] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(text).not.toMatch(/<script(?![^>]*\ssrc=)/);
    expect(partsOf(text).filter((path) => /^(?:https?:)?\/\//.test(path))).toEqual([]);
  });

  it('is made of files that may be kept for good, since their paths change with what is in them', async () => {
    const { text } = await server.fhir.get('/docs');
    const parts = partsOf(text).filter((path) => path.startsWith('docs/'));
    expect(parts.length).toBeGreaterThan(3);
    for (const path of parts) {
      const { status, headers } = await server.fhir.get(`/${path}`);
      expect([status, headers['cache-control']]).toEqual([200, 'public, max-age=31536000, immutable']);
      expect(headers['x-content-type-options']).toBe('nosniff');
    }
    const [script = ''] = parts.filter((path) => path.endsWith('start.js'));
    expect((await server.fhir.get(`/${script}`)).text).toContain("url: 'openapi.json'");
  });

  it('has no other files', async () => {
    const { text } = await server.fhir.get('/docs');
    const [folder = ''] = /docs\/[0-9a-f]+/.exec(text) ?? [];
    for (const path of [
      `${folder}/package.json`,
      `${folder}/..%2fpackage.json`,
      `${folder}/constructor`,
      'docs/x/start.js',
    ]) {
      expect((await server.fhir.get(`/${path}`)).status, path).toBe(404);
    }
  });
});
