/**
 * Who asks, and what they may do: a principal whose token was verified, or anybody, where the operator has switched
 * access control off for a server that only this machine can reach (`JENNER_AUTH=off`).
 */
import type { Interaction } from '../fhir/interaction.ts';
import { createDecide, type Decide, type Decision, type Denial } from './decision.ts';
import { type Need, needsOf } from './needs.ts';
import type { Principal } from './principal.ts';

/** Everything is open because the operator said so; config refuses it on any but a loopback address. */
export interface OpenAccess {
  readonly kind: 'open';
}

export interface PrincipalAccess {
  readonly kind: 'principal';
  readonly principal: Principal;
  readonly decide: Decide;
}

export type AccessContext = OpenAccess | PrincipalAccess;

export const OPEN_ACCESS: OpenAccess = { kind: 'open' };

export const principalAccess = (principal: Principal): PrincipalAccess => ({
  kind: 'principal',
  principal,
  decide: createDecide(principal),
});

/** Of whoever brings no token where none is needed. */
export const NO_ACCESS: AccessContext = principalAccess({
  issuer: '',
  clientId: '',
  subjectId: '',
  subject: undefined,
  patient: undefined,
  scopes: [],
});

/** Why an interaction may not even be asked for, whatever the record. */
export interface Refusal {
  readonly why: Denial;
  /** A scope that would do. */
  readonly scope: string;
}

/** Undefined where the caller may ask for the interaction. */
export function refusalOf(access: AccessContext, interaction: Interaction): Refusal | undefined {
  if (access.kind === 'open') return undefined;
  for (const need of needsOf(interaction)) {
    const why = denialOf(access, need);
    if (why) return { why, scope: scopeFor(access.principal, need) };
  }
  return undefined;
}

function denialOf({ principal, decide }: PrincipalAccess, { permission, resourceType }: Need): Denial | undefined {
  if (resourceType !== undefined) return denial(decide(permission, resourceType));
  const denials = principal.scopes.map((scope) => denial(decide(permission, scope.resourceType)));
  return denials.includes(undefined) ? undefined : (denials.find((why) => why !== undefined) ?? 'insufficient-scope');
}

const denial = (decision: Decision): Denial | undefined => (decision.kind === 'deny' ? decision.why : undefined);

const LEVELS = { individual: 'patient', staff: 'user', client: 'system' } as const;

const scopeFor = ({ subject }: Principal, { permission, resourceType = '*' }: Need): string =>
  `${LEVELS[subject?.kind ?? 'individual']}/${resourceType}.${permission}`;
