/** What apps learn about this issuer (SMART App Launch 2.2, conformance.html; OpenID Connect Discovery, 3). */
import type { Addresses } from './addresses.ts';
import { ASSERTION_ALGORITHMS } from './client-assertion.ts';

export interface Discovery {
  readonly addresses: Addresses;
  /** Whether clients can register by request. */
  readonly registers: boolean;
}

/** Each has its test; nothing is claimed that isn't done. */
const CAPABILITIES = [
  'launch-ehr',
  'launch-standalone',
  'authorize-post',
  'client-public',
  'client-confidential-symmetric',
  'client-confidential-asymmetric',
  'sso-openid-connect',
  'context-banner',
  'context-style',
  'context-ehr-patient',
  'context-standalone-patient',
  'permission-offline',
  'permission-online',
  'permission-patient',
  'permission-user',
  'permission-v1',
  'permission-v2',
] as const;

const SCOPES = [
  'openid',
  'profile',
  'fhirUser',
  'launch',
  'launch/patient',
  'offline_access',
  'online_access',
  'patient/*.cruds',
  'user/*.cruds',
  'system/*.cruds',
];

/** `<FHIR base>/.well-known/smart-configuration` */
export const smartConfiguration = (discovery: Discovery) => ({
  ...common(discovery),
  management_endpoint: discovery.addresses.url('/manage'),
  capabilities: CAPABILITIES,
});

/** `<issuer>/.well-known/openid-configuration` */
export const openIdConfiguration = (discovery: Discovery): object => ({
  ...common(discovery),
  response_modes_supported: ['query', 'fragment', 'form_post'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['RS256'],
  claims_supported: ['sub', 'iss', 'aud', 'exp', 'iat', 'auth_time', 'nonce', 'name', 'fhirUser'],
  authorization_response_iss_parameter_supported: true,
  claims_parameter_supported: false,
  request_parameter_supported: false,
  request_uri_parameter_supported: false,
});

function common({ addresses, registers }: Discovery) {
  return {
    issuer: addresses.issuer,
    jwks_uri: addresses.url('/jwks'),
    authorization_endpoint: addresses.url('/authorize'),
    token_endpoint: addresses.url('/token'),
    introspection_endpoint: addresses.url('/introspect'),
    revocation_endpoint: addresses.url('/revoke'),
    ...(registers ? { registration_endpoint: addresses.url('/register') } : {}),
    grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
    response_types_supported: ['code'],
    scopes_supported: SCOPES,
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
  };
}
