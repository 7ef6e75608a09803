/** Where an app's answer goes, for people and for browsers (Content Security Policy 3, source lists). */

/** As a source of `form-action`: browsers hold redirects after a form to it too. */
export function redirectSourceOf(uri: string): string {
  if (!URL.canParse(uri)) return "'self'";
  const { protocol, origin } = new URL(uri);
  return /^https?:$/.test(protocol) ? origin : protocol;
}

/** As people know it: the host, or the scheme of an app on their own device. */
export function redirectHostOf(uri: string): string {
  if (!URL.canParse(uri)) return 'unknown';
  const { protocol, host } = new URL(uri);
  return /^https?:$/.test(protocol) ? host : `an app on this device, ${protocol.slice(0, -1)}`;
}
