/** Trying a name and a password, slowed down (NIST SP 800-63B, 5.2.2). */
import { addressOf, type Exchange } from './exchange.ts';
import type { Parts } from './parts.ts';
import type { User } from './users.ts';

export type LoginOutcome =
  | { readonly kind: 'user'; readonly user: User }
  | { readonly kind: 'refused'; readonly status: 401 | 429; readonly problem: string };

/** One answer for a wrong name and a wrong password. */
const WRONG: LoginOutcome = { kind: 'refused', status: 401, problem: 'User name or password is wrong.' };
const SLOW: LoginOutcome = {
  kind: 'refused',
  status: 429,
  problem: 'Too many tries. Wait a quarter of an hour and try again.',
};

export async function tryLogin(
  { users, throttle }: Pick<Parts, 'users' | 'throttle'>,
  exchange: Exchange,
  form: URLSearchParams,
): Promise<LoginOutcome> {
  const attempt = { name: form.get('name') ?? '', address: addressOf(exchange) };
  if (!(await throttle.admits(attempt))) return SLOW;
  const user = await users.logIn(attempt.name, form.get('password') ?? '');
  if (!user) return WRONG;
  await throttle.succeeded(attempt);
  return { kind: 'user', user };
}
