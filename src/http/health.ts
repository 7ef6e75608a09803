/** Health checks for whoever runs the server: does the process live, and can it serve now. */
import { Router } from 'express';

/** Resolves to false, or rejects, while requests would fail. */
export type IsReady = () => Promise<boolean>;

const RETRY_AFTER_SECONDS = '2';

/** `GET /livez`: 200 while the process runs. `GET /readyz`: 200 while the database answers, else 503. */
export function healthRoutes(isReady: IsReady): Router {
  const router = Router();
  router.get('/livez', (_request, response) => {
    response.json({ status: 'live' });
  });
  router.get('/readyz', async (_request, response) => {
    if (await isReady().catch(() => false)) response.json({ status: 'ready' });
    else response.status(503).set('Retry-After', RETRY_AFTER_SECONDS).json({ status: 'not ready' });
  });
  return router;
}
