/** Forms that only our own pages can send (OWASP, cross-site request forgery: signed double-submit cookie). */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Addresses } from './addresses.ts';
import { cookieOf, type Exchange } from './exchange.ts';

export interface FormTokens {
  /** The value of a form's field `csrf`; sets the cookie that it belongs to where there is none. */
  issue(exchange: Exchange): string;
  /** Whether a form came from one of our pages in this browser. */
  isOurs(exchange: Exchange, form: URLSearchParams): boolean;
}

const COOKIE = 'jenner_form';
const COOKIE_BYTES = 24;

export function formTokens(secret: string, { origin, issuer }: Addresses): FormTokens {
  const tokenOf = (cookie: string) => createHmac('sha256', secret).update(cookie).digest('base64url');
  const attributes = `HttpOnly; SameSite=Lax; Path=${new URL(issuer).pathname}${origin.startsWith('https:') ? '; Secure' : ''}`;
  return {
    issue: (exchange) => {
      const known = cookieOf(exchange, COOKIE);
      if (known !== undefined && known.length >= COOKIE_BYTES) return tokenOf(known);
      const cookie = randomBytes(COOKIE_BYTES).toString('base64url');
      exchange.response.appendHeader('Set-Cookie', `${COOKIE}=${cookie}; ${attributes}`);
      return tokenOf(cookie);
    },
    isOurs: (exchange, form) => {
      const cookie = cookieOf(exchange, COOKIE);
      const from = exchange.request.headers.origin;
      if (cookie === undefined || (from !== undefined && from !== origin)) return false;
      return isSame(form.get('csrf') ?? '', tokenOf(cookie));
    },
  };
}

function isSame(actual: string, expected: string): boolean {
  const [one, other] = [Buffer.from(actual), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}
