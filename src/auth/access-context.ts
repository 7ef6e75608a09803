/**
 * Who asks, and what they may do. Until SMART tokens are checked there is one answer: the operator has switched access
 * control off for a server that only this machine can reach (`JENNER_AUTH=off`).
 */
import type { Interaction } from '../fhir/interaction.ts';

/** Everything is open because the operator said so; config refuses it on any but a loopback address. */
export interface OpenAccess {
  readonly kind: 'open';
}

export type AccessContext = OpenAccess;

export const OPEN_ACCESS: OpenAccess = { kind: 'open' };

/** Whether the caller may ask for this interaction at all, whatever the record. */
export function grants(access: AccessContext, _interaction: Interaction): boolean {
  switch (access.kind) {
    case 'open':
      return true;
  }
}
