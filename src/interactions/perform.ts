/** The one gate: every interaction, also those inside a Bundle, passes here before a handler sees it. */
import { type AccessContext, grants } from '../auth/access-context.ts';
import type { Definitions } from '../definitions/load.ts';
import { forbidden } from '../fhir/error.ts';
import type { FhirResponse, Interaction, InteractionCode } from '../fhir/interaction.ts';
import { guardPorts, type Ports } from './ports.ts';

/** Who asks, and under which URL they know this server. */
export interface Caller {
  readonly access: AccessContext;
  /** The FHIR base URL without a slash at its end. */
  readonly baseUrl: string;
}

export type Perform = (interaction: Interaction, caller: Caller) => Promise<FhirResponse>;

/** What operators decide about interactions. */
export interface Settings {
  /** Whether a conditional delete may delete several resources. */
  readonly conditionalDelete: 'single' | 'multiple';
  /** Entries of a Bundle, at most. */
  readonly mostEntries: number;
  /** Whether web pages of other origins may read answers. */
  readonly cors: boolean;
}

export const DEFAULT_SETTINGS: Settings = { conditionalDelete: 'single', mostEntries: 10_000, cors: false };

/** What the gate stands on. */
export interface Foundation {
  readonly definitions: Definitions;
  readonly ports: Ports;
  readonly settings: Settings;
}

export interface InteractionContext extends Caller {
  /** Already restricted to what the caller may see and do. */
  readonly ports: Ports;
  readonly definitions: Definitions;
  readonly settings: Settings;
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

export function createPerform(handlers: Handlers, { definitions, ports, settings }: Foundation): Perform {
  const perform: Perform = async (interaction, caller) => {
    const permit = (asked: Interaction) => {
      if (!grants(caller.access, asked)) throw forbidden(`You may not ask for a ${asked.code} here.`);
    };
    permit(interaction);
    const handler = handlers[interaction.code] as AnyHandler;
    const { access, baseUrl } = caller;
    // Property by property: a spread before functions takes more time than all else of the gate together.
    return handler(interaction, {
      access,
      baseUrl,
      ports: guardPorts(ports, access),
      definitions,
      settings,
      perform: (inner) => perform(inner, caller),
      permit,
    });
  };
  return perform;
}
