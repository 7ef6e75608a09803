/** Request bodies as text, within the limit, inflated where they came compressed. */
import express, { type Request, type RequestHandler } from 'express';
import { badRequest } from '../fhir/error.ts';

/** Collects a body of any type into `request.body`; larger ones are refused with 413. @param limit in bytes. */
export const collectBody = (limit: number): RequestHandler => express.raw({ type: () => true, limit, inflate: true });

export const hasBody = ({ body }: Request): boolean => Buffer.isBuffer(body) && body.length > 0;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The body as text, without a byte order mark. @throws FhirError 400 where it is empty or not UTF-8. */
export function bodyText(request: Request): string {
  if (!hasBody(request)) throw badRequest('The request needs a body.');
  try {
    return utf8.decode(request.body);
  } catch {
    throw badRequest('The body is not valid UTF-8.');
  }
}
