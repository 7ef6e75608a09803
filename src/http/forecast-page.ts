/** `GET /forecast`: the page on which a person reads a forecast; plain files under a strict Content Security Policy. */

import { fileURLToPath } from 'node:url';
import type express from 'express';
import { Router } from 'express';

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const FILES = ['forecast.html', 'forecast.css', 'forecast.js'] as const;

/** @param pages the folder of the files, a `file:` URL that ends in `/` */
export function forecastPage(pages: URL): Router {
  const router = Router();
  const send =
    (file: string): express.RequestHandler =>
    (_request, response) => {
      response.set({
        'Content-Security-Policy': POLICY,
        'X-Content-Type-Options': 'nosniff',
        'Referrer-Policy': 'no-referrer',
        'Cache-Control': 'no-cache',
      });
      response.sendFile(file, { root: fileURLToPath(pages), cacheControl: false });
    };
  router.get('/forecast', send(FILES[0]));
  for (const file of FILES.slice(1)) router.get(`/${file}`, send(file));
  return router;
}
