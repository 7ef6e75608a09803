/** Who is logged in with this browser (OWASP, session management): the session that oidc-provider uses too. */
import type { Exchange } from './exchange.ts';
import { LIFETIMES } from './lifetimes.ts';
import type { Parts } from './parts.ts';
import { SESSION_COOKIE } from './session-cookie.ts';
import type { User } from './users.ts';

type SessionParts = Pick<Parts, 'current' | 'users' | 'contexts' | 'endGrant'>;

function contextOf({ current }: SessionParts, { request, response }: Exchange) {
  const { provider } = current();
  return { provider, context: provider.createContext(request, response) };
}

/** The user, where there is one. */
export async function currentUser(parts: SessionParts, exchange: Exchange): Promise<User | undefined> {
  const { provider, context } = contextOf(parts, exchange);
  const { accountId } = await provider.Session.get(context);
  return accountId === undefined ? undefined : parts.users.find(accountId);
}

/** Logs the user in under a new session id: one that somebody else may have planted is worth nothing. */
export async function openSession(parts: SessionParts, exchange: Exchange, { name }: User): Promise<void> {
  const { provider, context } = contextOf(parts, exchange);
  const old = await provider.Session.get(context);
  if (old.exp !== undefined) await old.destroy();
  const session = new provider.Session();
  session.loginAccount({ accountId: name, transient: true });
  await session.save(LIFETIMES.session);
  context.cookies.set(SESSION_COOKIE.names.session, session.jti, SESSION_COOKIE.long);
}

/** Ends the session, and what was granted only for as long as it lasts. */
export async function closeSession(parts: SessionParts, exchange: Exchange): Promise<void> {
  const { provider, context } = contextOf(parts, exchange);
  const session = await provider.Session.get(context);
  const grants = Object.values(session.authorizations ?? {}).flatMap(({ grantId }) => grantId ?? []);
  for (const grant of grants) {
    const scopes = (await parts.contexts.find(grant))?.scopes ?? [];
    if (!scopes.includes('offline_access')) await parts.endGrant(grant);
  }
  if (session.exp !== undefined) await session.destroy();
  context.cookies.set(SESSION_COOKIE.names.session, null, SESSION_COOKIE.long);
}
