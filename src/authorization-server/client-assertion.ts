/** What a client assertion must say beside being signed (SMART App Launch 2.2, client-confidential-asymmetric.html; RFC 7523, 3). */

export interface Assertion {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
}

export interface AssertionRules {
  readonly clientId: string;
  /** The URL that the client calls. */
  readonly audience: string;
  /** Where the client's keys are registered, if by URL. */
  readonly keysUrl: string | undefined;
  /** The kids of the client's keys. */
  readonly kids: readonly (string | undefined)[];
  /** Seconds since 1970. */
  readonly now: number;
}

export const ASSERTION_ALGORITHMS = ['RS384', 'ES384'] as const;

/** Five minutes, and some seconds for clocks that differ. */
const LONGEST = 300;
export const CLOCK_TOLERANCE = 5;
const LONGEST_JTI = 256;

/** What is wrong with it, in fixed words; undefined where nothing is. */
export const assertionFault = ({ header, claims }: Assertion, rules: AssertionRules): string | undefined =>
  headerFault(header, rules) ?? claimsFault(claims, rules);

function headerFault(header: Assertion['header'], { kids, keysUrl }: AssertionRules): string | undefined {
  if (header['typ'] !== undefined && header['typ'] !== 'JWT') return 'typ must be JWT';
  if (kids.filter((kid) => kid === header['kid']).length !== 1) return 'kid must name one of the registered keys';
  return header['jku'] === undefined || header['jku'] === keysUrl ? undefined : 'jku must be the registered URL';
}

function claimsFault(claims: Assertion['claims'], { clientId, audience, now }: AssertionRules): string | undefined {
  const { iss, sub, aud, exp, jti } = claims;
  if (iss !== clientId || sub !== clientId) return 'iss and sub must be the client_id';
  if (aud !== audience) return 'aud must be the URL of the token endpoint';
  if (typeof exp !== 'number' || exp > now + LONGEST + CLOCK_TOLERANCE) return 'exp must be at most five minutes ahead';
  return typeof jti === 'string' && jti !== '' && jti.length <= LONGEST_JTI ? undefined : 'jti must be a text';
}
