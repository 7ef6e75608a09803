/** A registered client (SMART App Launch 2.2, app-launch.html#register): an app of people, or a backend service. */
import { createHash } from 'node:crypto';
import type { JWK } from 'jose';

export type ClientKeys =
  | { readonly kind: 'inline'; readonly keys: readonly JWK[] }
  | { readonly kind: 'url'; readonly url: string };

export type ClientAuthentication =
  | { readonly method: 'none' }
  /** SHA-256 of the secret, which is too long to be guessed. */
  | { readonly method: 'secret'; readonly hash: string }
  | { readonly method: 'private-key'; readonly keys: ClientKeys };

export interface RegisteredClient {
  readonly id: string;
  readonly name: string;
  readonly purpose: 'app' | 'backend';
  readonly authentication: ClientAuthentication;
  readonly redirectUris: readonly string[];
  /** Where an EHR launch begins. */
  readonly launchUrl?: string | undefined;
  /** The widest scopes that it may be granted. */
  readonly scopes: readonly string[];
}

export const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('base64url');

/** The origins that an app's pages can have: those it is sent back to. */
export const originsOf = ({ redirectUris }: RegisteredClient): readonly string[] => [
  ...new Set(redirectUris.filter((uri) => /^https?:/.test(uri)).map((uri) => new URL(uri).origin)),
];
