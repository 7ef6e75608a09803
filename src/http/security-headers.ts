/** What a browser is told about FHIR answers: they are data, never a page (OWASP REST Security Cheat Sheet; RFC 6797). */

const HEADERS: Readonly<Record<string, string>> = {
  // Health records are kept by nobody on the way.
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
};
const HSTS = { 'Strict-Transport-Security': 'max-age=31536000' };

/** A new object for each answer. @param baseUrl the FHIR base: https is promised only where it is used */
export const securityHeaders = (baseUrl: string): Record<string, string> =>
  baseUrl.startsWith('https:') ? { ...HEADERS, ...HSTS } : { ...HEADERS };
