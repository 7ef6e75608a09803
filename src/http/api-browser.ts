/**
 * A page to browse the OpenAPI document with, at `/docs`: Swagger UI from the installed package, so that it works without
 * a network. The page asks nothing of other hosts, and runs no script but those that are served here.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Router } from 'express';

/** Where the page is. */
export const DOCS_PATH = '/docs';

interface Asset {
  readonly body: Buffer;
  readonly type: string;
}

const FILES: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

/** Swagger UI styles elements by attributes and draws with images in its style sheet; nothing else is let in. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The operations are folded, since there are hundreds; a link to one of them opens it. */
const START = `window.ui = SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#api',
  deepLinking: true,
  docExpansion: 'none',
  filter: true,
  defaultModelsExpandDepth: -1,
  validatorUrl: null,
});
`;

/** `GET /docs` and what it is made of. Every file has its content's hash in its path, so it may be kept for good. */
export function apiBrowserRoutes(): Router {
  const assets = loadAssets();
  const hash = createHash('sha256');
  for (const { body } of assets.values()) hash.update(body);
  const version = hash.digest('hex').slice(0, 12);
  const page = pageText(version);
  const router = Router({ strict: true });
  // A browser that opens the address of the server comes to the page; programs are told where FHIR is.
  router.get('/', ({ headers }, response, next) => {
    if (headers.accept?.includes('text/html')) response.redirect('docs');
    else next();
  });
  router.get(`${DOCS_PATH}/`, (_request, response) => response.redirect('../docs'));
  router.get(DOCS_PATH, (_request, response) => {
    response
      .set('Cache-Control', 'no-cache')
      .set('Content-Security-Policy', POLICY)
      .set('Referrer-Policy', 'no-referrer')
      .set('X-Content-Type-Options', 'nosniff')
      .type('text/html; charset=utf-8')
      .send(page);
  });
  router.get(`${DOCS_PATH}/${version}/:file`, (request, response, next) => {
    const asset = assets.get(request.params.file);
    if (!asset) return next();
    response
      .set('Cache-Control', 'public, max-age=31536000, immutable')
      .set('X-Content-Type-Options', 'nosniff')
      .type(asset.type)
      .send(asset.body);
  });
  return router;
}

function loadAssets(): ReadonlyMap<string, Asset> {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve('swagger-ui-dist/package.json'));
  const files = Object.entries(FILES).map(
    ([name, type]) => [name, { type, body: readFileSync(join(folder, name)) }] as const,
  );
  return new Map([...files, ['start.js', { type: 'text/javascript; charset=utf-8', body: Buffer.from(START) }]]);
}

const pageText = (version: string): string => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Jenner: the FHIR API</title>
    <link rel="stylesheet" href="docs/${version}/swagger-ui.css">
    <link rel="icon" type="image/png" href="docs/${version}/favicon-32x32.png">
  </head>
  <body>
    <div id="api"></div>
    <noscript>This page needs JavaScript. The document it shows is at <a href="openapi.json">openapi.json</a>.</noscript>
    <script src="docs/${version}/swagger-ui-bundle.js"></script>
    <script src="docs/${version}/start.js"></script>
  </body>
</html>
`;
