/** A version of a resource as storage hands it out: its identity, what access is decided on, and the exact text to send. */
import type { Identity } from './resource-content.ts';

export type WriteMethod = 'POST' | 'PUT' | 'DELETE';

export interface StoredResource extends Identity {
  /** The interaction that made this version, in the words of `Bundle.entry.request.method`. */
  readonly method: WriteMethod;
  /** `Type/id` of every compartment the resource is in. */
  readonly compartments: readonly string[];
  /** The JSON text to send; empty for the tombstone that a delete leaves. */
  readonly body: string;
}

/** What became of a write: the version that is now current and whether it is new. */
export interface WriteResult {
  readonly outcome: 'created' | 'updated' | 'unchanged' | 'deleted';
  readonly stored: StoredResource;
}

/** The value of `meta.lastUpdated`, an instant with millisecond precision. */
export const lastUpdatedText = (stored: Identity): string => stored.lastUpdated.toISOString();
