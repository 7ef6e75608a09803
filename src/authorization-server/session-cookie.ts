/** How the login of a person is kept in their browser (OWASP, session management). */

/** SameSite lax: an app sends people here by a link, no other site's forms or frames come with their login. */
export const SESSION_COOKIE = {
  names: { session: 'jenner_session', interaction: 'jenner_interaction', resume: 'jenner_resume' },
  long: { httpOnly: true, sameSite: 'lax', signed: true, path: '/' },
  short: { httpOnly: true, sameSite: 'lax', signed: true },
} as const;
