/** The one error class of the server: a refusal that carries its OperationOutcome (FHIR R4, http.html#Status-Codes). */

/** Codes of the value set `issue-type` (R4) that this server uses. */
export type IssueCode =
  | 'business-rule'
  | 'code-invalid'
  | 'conflict'
  | 'deleted'
  | 'duplicate'
  | 'exception'
  | 'expired'
  | 'extension'
  | 'forbidden'
  | 'incomplete'
  | 'informational'
  | 'invalid'
  | 'invariant'
  | 'lock-error'
  | 'login'
  | 'multiple-matches'
  | 'not-found'
  | 'not-supported'
  | 'processing'
  | 'required'
  | 'security'
  | 'structure'
  | 'throttled'
  | 'timeout'
  | 'too-costly'
  | 'too-long'
  | 'transient'
  | 'unknown'
  | 'value';

export interface OutcomeIssue {
  readonly severity: 'fatal' | 'error' | 'warning' | 'information';
  readonly code: IssueCode;
  /** Which rule it is about, by an id that does not change. */
  readonly details?: { readonly coding: readonly { readonly system: string; readonly code: string }[] };
  /** What is wrong, in words a person can act on. */
  readonly diagnostics: string;
  /** FHIRPath of the element at fault, or `http.<parameter>` for a search parameter or header. */
  readonly expression?: readonly string[];
}

/** What `WWW-Authenticate` says beside the realm (RFC 6750, section 3). */
export interface Challenge {
  readonly error?: 'invalid_request' | 'invalid_token' | 'insufficient_scope';
  /** Fixed words, never from the request. */
  readonly description?: string;
  /** Scopes that would do. */
  readonly scope?: string;
}

/** What a client can do instead: wait, use another method, or bring another token. */
export interface RefusalHints {
  /** Seconds after which another try makes sense. */
  readonly retryAfterSeconds?: number | undefined;
  /** The methods that the path does have. */
  readonly allow?: readonly string[] | undefined;
  readonly challenge?: Challenge | undefined;
}

/** A refusal: an HTTP status, the issues of its OperationOutcome and hints at what to do instead. */
export class FhirError extends Error {
  readonly status: number;
  readonly issues: readonly OutcomeIssue[];
  readonly hints: RefusalHints;

  constructor(status: number, issues: readonly OutcomeIssue[], hints: RefusalHints = {}) {
    super(issues.map((issue) => issue.diagnostics).join('; '));
    this.name = 'FhirError';
    this.status = status;
    this.issues = issues;
    this.hints = hints;
  }
}

function refuse(status: number, code: IssueCode, diagnostics: string, expression?: string): FhirError {
  return new FhirError(status, [
    { severity: 'error', code, diagnostics, ...(expression ? { expression: [expression] } : {}) },
  ]);
}

/** 400: the request itself is malformed. */
export const badRequest = (diagnostics: string, expression?: string): FhirError =>
  refuse(400, 'invalid', diagnostics, expression);
/** 400: the content is not the structure that the resource type has. */
export const badStructure = (diagnostics: string, expression?: string): FhirError =>
  refuse(400, 'structure', diagnostics, expression);
/** 400: a value is not in the form its type demands, or a required one is absent. */
export const badValue = (diagnostics: string, expression?: string): FhirError =>
  refuse(400, 'value', diagnostics, expression);
/** 400: the request asks for something this server does not do; it is named, never ignored. */
export const notSupported = (diagnostics: string, expression?: string): FhirError =>
  refuse(400, 'not-supported', diagnostics, expression);
/** 400: answering would take more than one request may; the words say what would make it less. */
export const tooCostly = (diagnostics: string, expression?: string): FhirError =>
  refuse(400, 'too-costly', diagnostics, expression);
/** 400: it is not clear which credentials count. */
export const ambiguousCredentials = (diagnostics: string): FhirError =>
  new FhirError(400, [{ severity: 'error', code: 'invalid', diagnostics }], {
    challenge: { error: 'invalid_request' },
  });
/** 401: there are no credentials, or not of the scheme that counts here. */
export const unauthenticated = (diagnostics: string): FhirError =>
  new FhirError(401, [{ severity: 'error', code: 'login', diagnostics }], { challenge: {} });
/** 401: the token doesn't count; the diagnostics never say which of its claims is at fault. */
export const invalidToken = (code: 'login' | 'unknown' | 'expired', diagnostics: string): FhirError =>
  new FhirError(401, [{ severity: 'error', code, diagnostics }], {
    challenge: { error: 'invalid_token', description: diagnostics },
  });
/** 403: the token has no scope for this; `scope` is one that would do. */
export const insufficientScope = (diagnostics: string, scope: string): FhirError =>
  new FhirError(403, [{ severity: 'error', code: 'forbidden', diagnostics }], {
    challenge: { error: 'insufficient_scope', scope },
  });
/** 403: the caller may not do this, whatever the record. */
export const forbidden = (diagnostics: string): FhirError => refuse(403, 'forbidden', diagnostics);
/** 404: there is no such resource, version, type or path. */
export const notFound = (diagnostics: string): FhirError => refuse(404, 'not-found', diagnostics);
/** 404: the specification knows such a path, this server does not serve it. */
export const notServed = (diagnostics: string): FhirError => refuse(404, 'not-supported', diagnostics);
/** 405: the path exists, the method does not apply to it; `allow` names those that do. */
export const methodNotAllowed = (diagnostics: string, allow: readonly string[]): FhirError =>
  new FhirError(405, [{ severity: 'error', code: 'not-supported', diagnostics }], { allow });
/** 406: none of the formats the client accepts can be produced. */
export const notAcceptable = (diagnostics: string): FhirError => refuse(406, 'not-supported', diagnostics);
/** 409: the write lost against a concurrent one and was not retried further. */
export const conflict = (diagnostics: string): FhirError => refuse(409, 'conflict', diagnostics);
/** 409: the id is taken by a resource that the condition does not match. */
export const duplicate = (diagnostics: string): FhirError => refuse(409, 'duplicate', diagnostics);
/** 410: the resource was deleted. */
export const gone = (diagnostics: string): FhirError => refuse(410, 'deleted', diagnostics);
/** 412: `If-Match` names another version than the current one. */
export const versionConflict = (diagnostics: string): FhirError => refuse(412, 'conflict', diagnostics);
/** 412: a condition that has to name one resource matches none or several. */
export const noSingleMatch = (
  code: 'not-found' | 'multiple-matches',
  diagnostics: string,
  expression?: string,
): FhirError => refuse(412, code, diagnostics, expression);
/** 413: the body is larger than the server takes. */
export const tooLarge = (diagnostics: string): FhirError => refuse(413, 'too-long', diagnostics);
/** 415: the body is in a format the server does not read. */
export const unsupportedMediaType = (diagnostics: string): FhirError => refuse(415, 'not-supported', diagnostics);
/** 422: the content breaks a rule of the specification or of a profile. */
export const unprocessable = (issues: readonly OutcomeIssue[]): FhirError => new FhirError(422, issues);
/** 422: a patch does not apply to the resource, or its test of it fails. */
export const testFailed = (diagnostics: string, expression?: string): FhirError =>
  refuse(422, 'processing', diagnostics, expression);
/** 429: the client asks more often than it may; try again after the given seconds. */
export const throttled = (diagnostics: string, retryAfterSeconds: number): FhirError =>
  new FhirError(429, [{ severity: 'error', code: 'throttled', diagnostics }], { retryAfterSeconds });
/** 501: the database behind this server lacks what the interaction needs. */
export const notImplemented = (diagnostics: string): FhirError => refuse(501, 'not-supported', diagnostics);
/** 503: the database can't be reached now; try again after the given seconds. */
export const unavailable = (diagnostics: string, retryAfterSeconds: number): FhirError =>
  new FhirError(503, [{ severity: 'error', code: 'transient', diagnostics }], { retryAfterSeconds });
/** 503: the database is there and did not finish in the time that one request may take. */
export const tookTooLong = (diagnostics: string, retryAfterSeconds: number): FhirError =>
  new FhirError(503, [{ severity: 'error', code: 'timeout', diagnostics }], { retryAfterSeconds });
