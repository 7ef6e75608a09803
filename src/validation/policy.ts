/** What becomes of what is found against profiles and against the registry's rules: an operator's decision. */
import { type Finding, isError } from './finding.ts';

/** `enforce`: an error refuses the write. `warn`: it is told and counted. `off`: it is not looked for. */
export type PolicyAction = 'enforce' | 'warn' | 'off';

export interface ProfilePolicy {
  /** With a version after `|`, or without. */
  readonly canonical: string;
  readonly action: PolicyAction;
}

export interface ValidationPolicy {
  /** Profiles that every resource of their type is held to, whether or not it claims them; `off`: not even then. */
  readonly profiles: readonly ProfilePolicy[];
  /** Of profiles that a resource claims in `meta.profile` and that are not named above. */
  readonly claimed: PolicyAction;
  /** Of the registry's own rules of data quality. */
  readonly quality: PolicyAction;
}

export const DEFAULT_POLICY: ValidationPolicy = { profiles: [], claimed: 'warn', quality: 'warn' };

/** The same policy for a client that asks to be held to everything (`Prefer: handling=strict`). */
export function strictly({ profiles, claimed, quality }: ValidationPolicy): ValidationPolicy {
  const raised = (action: PolicyAction): PolicyAction => (action === 'warn' ? 'enforce' : action);
  return {
    profiles: profiles.map(({ canonical, action }) => ({ canonical, action: raised(action) })),
    claimed: raised(claimed),
    quality: raised(quality),
  };
}

/** The findings of a rule under its action: what does not refuse is no error. */
export const underAction = (findings: readonly Finding[], action: PolicyAction): readonly Finding[] =>
  action === 'enforce' ? findings : findings.map((one) => (isError(one) ? { ...one, severity: 'warning' } : one));
