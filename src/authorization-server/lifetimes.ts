/** How long what the authorization server hands out is good for, in seconds (SMART App Launch 2.2; security considerations of RFC 6749). */

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const LIFETIMES = {
  /** RFC 6749, 4.1.2 recommends ten minutes at most; apps redeem at once. */
  code: MINUTE,
  userAccessToken: 15 * MINUTE,
  /** SMART Backend Services: 300 seconds at most. */
  backendAccessToken: 5 * MINUTE,
  idToken: 15 * MINUTE,
  /** Counted anew with each use; ONC (g)(10) asks for three months. */
  refreshToken: 92 * DAY,
  /** What a person granted for when they are away, and for while they are there. */
  offlineGrant: 366 * DAY,
  onlineGrant: 12 * HOUR,
  session: 8 * HOUR,
  /** Time to log in, choose and decide. */
  interaction: 30 * MINUTE,
  launch: 5 * MINUTE,
} as const;

export const secondsFromNow = (seconds: number): Date => new Date(Date.now() + seconds * 1000);
