/** What anybody may read: discovery, keys, styles (SMART App Launch 2.2, conformance.html; RFC 7517). */
import { openIdConfiguration } from './discovery.ts';
import { type Exchange, sendPublic } from './exchange.ts';
import { STYLE } from './pages/layout.ts';
import type { Parts } from './parts.ts';
import { publicJwk } from './signing-keys.ts';

export function answerDiscovery({ addresses, registration }: Parts, exchange: Exchange): void {
  const body = openIdConfiguration({ addresses, registers: registration.kind !== 'off' });
  answerAnybody(exchange, body);
}

export const answerKeys = ({ current }: Parts, exchange: Exchange): void =>
  answerAnybody(exchange, { keys: current().keys.map(publicJwk) });

/** Pages of any origin may read it: there is nothing secret in it. */
function answerAnybody(exchange: Exchange, body: object): void {
  exchange.response.setHeader('Access-Control-Allow-Origin', '*');
  sendPublic(exchange, 'application/json', JSON.stringify(body));
}

/** The colours of these pages, for apps that are shown beside them (SMART App Launch 2.2, smart_style_url). */
export function answerStyle(_parts: Parts, exchange: Exchange): void {
  answerAnybody(exchange, {
    color_background: '#f3f5f7',
    color_error: '#a3161d',
    color_highlight: '#14457a',
    color_text: '#1b1f24',
    dim_border_radius: '4px',
    dim_font_size: '16px',
    font_family_body: 'system-ui, sans-serif',
    font_family_heading: 'system-ui, sans-serif',
  });
}

export function answerStyleSheet(_parts: Parts, exchange: Exchange): void {
  sendPublic(exchange, 'text/css; charset=utf-8', STYLE);
}
