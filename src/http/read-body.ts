/** Request bodies as text, within the limit, inflated where they came compressed. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import express, { type Request, type Response } from 'express';
import { badRequest } from '../fhir/error.ts';

export type ReadBody = (request: IncomingMessage, response: ServerResponse) => Promise<Buffer | undefined>;

/** Reads bodies of any type; larger ones are refused with 413. @param limit in bytes. */
export function bodyReader(limit: number): ReadBody {
  const collect = express.raw({ type: () => true, limit, inflate: true });
  return async (request, response) => {
    if (!announcesBody(request)) return undefined;
    // All that it uses of an Express request is what node:http gives.
    const collected = request as Request;
    await new Promise<void>((resolve, reject) => {
      collect(collected, response as Response, (error?: unknown) => (error ? reject(error) : resolve()));
    });
    return Buffer.isBuffer(collected.body) ? collected.body : undefined;
  };
}

/** Whether a message has a body (RFC 9112, 6). */
const announcesBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || headers['content-length'] !== undefined;

export const hasBody = (body: Buffer | undefined): body is Buffer => body !== undefined && body.length > 0;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The body as text, without a byte order mark. @throws FhirError 400 where it is empty or not UTF-8. */
export function bodyText(body: Buffer | undefined): string {
  if (!hasBody(body)) throw badRequest('The request needs a body.');
  try {
    return utf8.decode(body);
  } catch {
    throw badRequest('The body is not valid UTF-8.');
  }
}
