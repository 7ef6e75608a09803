/** What belongs to a grant beside its scopes: user, patient and launch (SMART App Launch 2.2, scopes-and-launch-context.html). */
import type { RecordStore } from './record-store.ts';

export interface GrantContext {
  readonly grant: string;
  readonly clientId: string;
  /** As what the user acts in it: `RelatedPerson/1` for a child's record. */
  readonly fhirUser: string;
  readonly account: string;
  readonly patient?: string | undefined;
  /** Whom the record is of, for the page that lists grants. */
  readonly patientName?: string | undefined;
  /** False where whoever launched the app shows the patient already. */
  readonly needPatientBanner: boolean;
  readonly intent?: string | undefined;
  readonly scopes: readonly string[];
  /** Milliseconds since 1970. */
  readonly grantedAt: number;
}

export interface GrantContexts {
  save(context: GrantContext, expiresAt: Date): Promise<void>;
  find(grant: string): Promise<GrantContext | undefined>;
  ofAccount(account: string): Promise<readonly GrantContext[]>;
  delete(grant: string): Promise<void>;
}

const KIND = 'GrantContext';

export const recordedContexts = (records: RecordStore): GrantContexts => ({
  save: (context, expiresAt) =>
    records.put(KIND, context.grant, { content: context, links: { account: context.account }, expiresAt }),
  find: async (grant) => (await records.find(KIND, grant))?.content as GrantContext | undefined,
  ofAccount: async (account) =>
    (await records.findLinked(KIND, 'account', account)).map(({ content }) => content as GrantContext),
  delete: (grant) => records.delete(KIND, grant),
});

/** What the answer of the token endpoint says beside the tokens, and introspection too. */
export function contextParameters(context: GrantContext, styleUrl: string): Readonly<Record<string, unknown>> {
  const { patient, needPatientBanner, intent } = context;
  return {
    ...(patient === undefined ? {} : { patient, need_patient_banner: needPatientBanner }),
    ...(intent === undefined ? {} : { intent }),
    smart_style_url: styleUrl,
  };
}
