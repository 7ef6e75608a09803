/** The one gate: every interaction, also those inside a Bundle, passes here before a handler sees it. */
import { type AccessContext, type Refusal, refusalOf } from '../auth/access-context.ts';
import type { Definitions } from '../definitions/load.ts';
import type { SmartConfiguration } from '../definitions/server.ts';
import { type FhirError, forbidden, insufficientScope } from '../fhir/error.ts';
import type { FhirResponse, Interaction, InteractionCode } from '../fhir/interaction.ts';
import { DEFAULT_POLICY, type ValidationPolicy } from '../validation/policy.ts';
import type { Validate } from '../validation/validate.ts';
import { noteFindings, withFindings } from './note-findings.ts';
import type { GuardPorts, Ports } from './ports.ts';
import { withoutUnreadable } from './unreadable.ts';

/** Who asks, and under which URL they know this server. */
export interface Caller {
  readonly access: AccessContext;
  /** The FHIR base URL without a slash at its end. */
  readonly baseUrl: string;
  /** Whether what the policy only warns of is to be refused too (`Prefer: handling=strict`). */
  readonly isStrict?: boolean;
}

export type Perform = (interaction: Interaction, caller: Caller) => Promise<FhirResponse>;

/** What operators decide about interactions. */
export interface Settings {
  /** Whether a conditional delete may delete several resources. */
  readonly conditionalDelete: 'single' | 'multiple';
  /** Entries of a Bundle, at most. */
  readonly mostEntries: number;
  /** What becomes of what is found against profiles and the rules of data quality. */
  readonly validation: ValidationPolicy;
  /** Whether web pages of other origins may read answers. */
  readonly cors: boolean;
  /** How access tokens are got; undefined where none are needed. */
  readonly smartConfiguration: SmartConfiguration | undefined;
}

export const DEFAULT_SETTINGS: Settings = {
  conditionalDelete: 'single',
  mostEntries: 10_000,
  validation: DEFAULT_POLICY,
  cors: false,
  smartConfiguration: undefined,
};

/** What the gate stands on. */
export interface Foundation {
  readonly definitions: Definitions;
  readonly guardPorts: GuardPorts;
  readonly validate: Validate;
  readonly settings: Settings;
}

export interface InteractionContext extends Caller {
  /** Already restricted to what the caller may see and do. */
  readonly ports: Ports;
  readonly definitions: Definitions;
  readonly settings: Settings;
  /** What is wrong with a resource by the rules of R4. */
  readonly validate: Validate;
  /** For interactions made of others. */
  readonly perform: (interaction: Interaction) => Promise<FhirResponse>;
  /** @throws FhirError 403 where the caller may not do this; for units that are checked before any of it is done. */
  readonly permit: (interaction: Interaction) => void;
}

export type InteractionHandler<Code extends InteractionCode> = (
  interaction: Extract<Interaction, { code: Code }>,
  context: InteractionContext,
) => Promise<FhirResponse>;

/** A code without its handler does not compile. */
export type Handlers = { readonly [Code in InteractionCode]: InteractionHandler<Code> };
type AnyHandler = (interaction: Interaction, context: InteractionContext) => Promise<FhirResponse>;

export function createPerform(handlers: Handlers, foundation: Foundation): Perform {
  const { definitions, guardPorts, settings, validate } = foundation;
  const perform: Perform = async (interaction, caller) => {
    const { access, baseUrl } = caller;
    permit(interaction, access);
    const handler = handlers[interaction.code] as AnyHandler;
    const noting = noteFindings(validate, caller.isStrict === true);
    // Property by property: a spread before functions takes more time than all else of the gate together.
    const response = await handler(interaction, {
      access,
      baseUrl,
      isStrict: caller.isStrict === true,
      ports: guardPorts(access),
      definitions,
      settings,
      validate: noting.validate,
      perform: (inner) => perform(inner, caller),
      permit: (asked) => permit(asked, access),
    });
    const told = withFindings(response, interaction.code, noting.last());
    return withoutUnreadable(told, interaction.code, { access, baseUrl, definitions });
  };
  return perform;
}

/** @throws FhirError 403 */
function permit(asked: Interaction, access: AccessContext): void {
  const refusal = refusalOf(access, asked);
  if (refusal) throw refused(asked, refusal);
}

function refused({ code }: Interaction, { why, scope }: Refusal): FhirError {
  switch (why) {
    case 'insufficient-scope':
      return insufficientScope(`The access token has no scope for a ${code} here.`, scope);
    case 'no-context':
      return insufficientScope(`Whose resources the access token is about is not known, as a ${code} needs.`, scope);
    case 'policy':
      return forbidden(`You may not ask for a ${code} here.`);
  }
}
