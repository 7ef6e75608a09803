import express from 'express';
import { afterEach, describe, expect, it } from 'vitest';
import { type Door, listen } from '../../../src/http/server.ts';

let door: Door;
afterEach(() => door.close());

describe('an Express application behind the door', () => {
  it('gets requests and responses that have all of its methods', async () => {
    const app = express();
    app.get('/hello', (request, response) => {
      response.set('X-Host', request.hostname).json({ accepts: request.accepts('json'), app: request.app === app });
    });
    door = await listen(0, '127.0.0.1');
    door.open(app);
    const answer = await fetch(`http://127.0.0.1:${door.port}/hello`);
    expect(answer.headers.get('x-host')).toBe('127.0.0.1');
    expect(await answer.json()).toEqual({ accepts: 'json', app: true });
  });

  it('leaves the objects their prototype, which is what makes them fast', async () => {
    const app = express();
    const prototypes = new Set<unknown>();
    app.use((request, response) => {
      prototypes.add(Object.getPrototypeOf(request));
      response.send(String(Object.getPrototypeOf(response) === app.response));
    });
    door = await listen(0, '127.0.0.1');
    door.open(app);
    expect(await (await fetch(`http://127.0.0.1:${door.port}/`)).text()).toBe('true');
    expect([...prototypes]).toEqual([app.request]);
  });

  it('is not there before it is opened: 503 with a time to come back', async () => {
    door = await listen(0, '127.0.0.1');
    const answer = await fetch(`http://127.0.0.1:${door.port}/fhir/Patient`);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '2']);
    expect(await answer.json()).toMatchObject({ resourceType: 'OperationOutcome' });
  });
});
