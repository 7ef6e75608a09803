/**
 * Request and response objects that are Express's from birth. Express gives each request and response its own
 * prototype; changing the prototype of a finished object makes the engine give up what it knows about its shape, and
 * everything done with it afterwards is slow (140 µs a request here, more than all else that a read needs above the
 * database). Objects that have that prototype already are left as they are.
 */
import { IncomingMessage, type ServerOptions, ServerResponse } from 'node:http';
import express, { type Express } from 'express';

export interface ExpressMessages {
  /** For `http.createServer`. */
  readonly options: Pick<ServerOptions, 'IncomingMessage' | 'ServerResponse'>;
  /** Makes the objects of that server the application's own. */
  adopt(app: Express): void;
}

export function createExpressMessages(): ExpressMessages {
  class Request extends IncomingMessage {}
  class Response extends ServerResponse {}
  Object.defineProperties(Request.prototype, Object.getOwnPropertyDescriptors(express.request));
  Object.defineProperties(Response.prototype, Object.getOwnPropertyDescriptors(express.response));
  return {
    options: { IncomingMessage: Request, ServerResponse: Response as unknown as typeof ServerResponse },
    adopt: (app) => {
      app.request = Object.assign(Request.prototype, { app }) as unknown as Express['request'];
      app.response = Object.assign(Response.prototype, { app }) as unknown as Express['response'];
    },
  };
}
