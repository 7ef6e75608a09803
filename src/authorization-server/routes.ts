/** Which requests the authorization server answers (RFC 6749, 3; SMART App Launch 2.2). */
import type { Exchange } from './exchange.ts';
import { answerInteraction, showInteraction } from './interaction-steps.ts';
import { answerFind, answerLogin, answerLogout, answerOpen, answerRevoke, showPlace } from './own-pages.ts';
import { STYLE_PATH } from './pages/layout.ts';
import type { Parts } from './parts.ts';
import { admitsOrigin, authorize, callProvider, preflight, token } from './provider-routes.ts';
import { answerDiscovery, answerKeys, answerStyle, answerStyleSheet } from './public-documents.ts';
import { answerRegistration } from './registration.ts';
import { answerIntrospect, answerRevocation } from './token-endpoints.ts';

type Answer = (parts: Parts, exchange: Exchange) => Promise<void> | void;

export interface Route {
  readonly method: 'GET' | 'POST' | 'OPTIONS';
  readonly path: RegExp;
  readonly answer: Answer;
  /** For programs: they are answered in JSON, browsers by pages. */
  readonly isApi?: true;
}

const UID = '[\\w-]{10,64}';
const route = (method: Route['method'], path: string, answer: Answer): Route => ({
  method,
  path: new RegExp(`^${path}$`),
  answer,
});
const api = (method: Route['method'], path: string, answer: Answer): Route => ({
  ...route(method, path, answer),
  isApi: true,
});

export const ROUTES: readonly Route[] = [
  api('GET', '/\\.well-known/(openid-configuration|oauth-authorization-server)', answerDiscovery),
  api('GET', '/jwks', answerKeys),
  route('GET', '/authorize', authorize),
  route('POST', '/authorize', authorize),
  route('GET', `/authorize/${UID}`, callProvider),
  route('POST', '/session/end/confirm', callProvider),
  api('POST', '/token', token),
  api('OPTIONS', '/(token|revoke)', preflight),
  api('POST', '/introspect', answerIntrospect),
  api('POST', '/revoke', answerWebRevocation),
  api('POST', '/register', answerRegistration),
  route('GET', `/interaction/${UID}`, showInteraction),
  route('POST', `/interaction/${UID}/(login|find|patient|consent)`, answerInteraction),
  route('GET', '/(manage|launch)', showPlace),
  route('POST', '/login/(manage|launch)', answerLogin),
  route('POST', '/logout', answerLogout),
  route('POST', '/manage/revoke', answerRevoke),
  route('POST', '/launch/find', answerFind),
  route('POST', '/launch/open', answerOpen),
  route('GET', STYLE_PATH.replace('.', '\\.'), answerStyleSheet),
  api('GET', '/smart-style\\.json', answerStyle),
];

async function answerWebRevocation(parts: Parts, exchange: Exchange): Promise<void> {
  admitsOrigin(parts, exchange);
  await answerRevocation(parts, exchange);
}
