/** What a person approved, as a grant (RFC 6749, 3.3; SMART App Launch 2.2, launch context). */
import type { GrantContext } from './grant-contexts.ts';
import type { Interaction, PatientResult } from './interaction-prompts.ts';
import { secondsFromNow } from './lifetimes.ts';
import type { Parts } from './parts.ts';
import { needPatient, OPENID_SCOPES } from './scope-policy.ts';
import type { User } from './users.ts';

export interface Approval {
  readonly interaction: Interaction;
  readonly user: User;
  readonly clientId: string;
  /** What could be granted, and what of it the person left ticked. */
  readonly asked: readonly string[];
  readonly approved: readonly string[];
}

/** The new grant's id; undefined where the launch is not this user's, or was used meanwhile. */
export async function approve(parts: Parts, approval: Approval): Promise<string | undefined> {
  const subject = await subjectOf(parts, approval);
  if (!subject) return undefined;
  const { user, clientId, asked, approved } = approval;
  const grant = new (parts.current().provider.Grant)({ accountId: user.name, clientId });
  const rejected = asked.filter((scope) => !approved.includes(scope));
  // Every scope is one of the resource, so that tokens and answers list them all.
  grant.addResourceScope(parts.addresses.fhirBase, [...approved]);
  grant.addOIDCScope(approved.filter(isOpenId));
  if (rejected.length > 0) grant.rejectResourceScope(parts.addresses.fhirBase, rejected);
  grant.rejectOIDCScope(rejected.filter(isOpenId));
  const id = await grant.save();
  const context = { grant: id, clientId, account: user.name, scopes: approved, grantedAt: Date.now(), ...subject };
  await parts.contexts.save(context, secondsFromNow(grant.remainingTTL));
  return id;
}

const isOpenId = (scope: string): boolean => OPENID_SCOPES.includes(scope);

type Subject = Pick<GrantContext, 'fhirUser' | 'patient' | 'patientName' | 'needPatientBanner' | 'intent'>;

/** As whom the user acts, and for whom. */
async function subjectOf(parts: Parts, approval: Approval): Promise<Subject | undefined> {
  const { interaction, user, approved, asked } = approval;
  const nobody: Subject = { fhirUser: user.fhirUsers[0], needPatientBanner: true };
  const handle = interaction.params['launch'];
  if (typeof handle === 'string' && asked.includes('launch')) return launchedSubject(parts, handle, approval);
  const chosen = interaction.lastSubmission?.['patient'] as PatientResult | undefined;
  if (!chosen || !needPatient(approved)) return nobody;
  return { fhirUser: chosen.fhirUser, patient: chosen.id, patientName: chosen.name, needPatientBanner: true };
}

async function launchedSubject(
  { launches, patients }: Parts,
  handle: string,
  { user, clientId, approved }: Approval,
): Promise<Subject | undefined> {
  const launch = await launches.take(handle);
  if (launch?.account !== user.name || launch.clientId !== clientId) return undefined;
  const { patient, patientName, intent } = launch;
  const fhirUser = await patients.roleFor(user, patient);
  if (fhirUser === undefined) return undefined;
  if (!approved.includes('launch') && !needPatient(approved)) return { fhirUser, needPatientBanner: true };
  return { fhirUser, patient, patientName, intent, needPatientBanner: false };
}
