/** What a person is asked before an app gets access: who they are, whose record, and what of it (OpenID Connect Core, 3.1.2; SMART App Launch 2.2). */
import { interactionPolicy, type Provider } from 'oidc-provider';
import { needPatient } from './scope-policy.ts';

const { base, Check, Prompt } = interactionPolicy;

/** An interaction of this browser; oidc-provider checks its cookie. */
export type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>;

/** The result that the step of choosing a patient leaves with the interaction. */
export interface PatientResult {
  readonly id: string;
  readonly name: string;
  readonly fhirUser: string;
}

/** Login, patient, consent; an EHR launch has named the patient already. */
export function interactionPrompts(): ReturnType<typeof base> {
  const policy = base();
  const isMissing = new Check('patient_missing', 'a patient must be chosen', 'interaction_required', ({ oidc }) => {
    const scopes = Object.values(oidc.resourceServers ?? {}).flatMap(({ scope }) => scope.split(' '));
    const isLaunched = oidc.params?.['launch'] !== undefined && scopes.includes('launch');
    return needPatient(scopes) && !isLaunched && oidc.result?.['patient'] === undefined;
  });
  policy.add(new Prompt({ name: 'patient', requestable: false }, isMissing), 1);
  return policy;
}
