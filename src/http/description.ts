/** The description of this server for tools, beside FHIR: `GET /openapi.json` (OpenAPI Specification 3.1.0). */
import { Router } from 'express';
import { connectedBase } from './base-url.ts';

/** Builds the document for the FHIR base URL that a client knows. */
export type DescribeServer = (baseUrl: string) => object;

/** @param baseUrl the public FHIR base URL, where it isn't the one that clients connect to */
export function descriptionRoutes(describe: DescribeServer, baseUrl: string | undefined): Router {
  const router = Router();
  router.get('/openapi.json', (request, response) => {
    response.set('Cache-Control', 'no-cache').json(describe(baseUrl ?? connectedBase(request)));
  });
  return router;
}
