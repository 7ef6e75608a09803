/** Tells the terminology when a code system, value set or concept map may have been written through this server. */
import type { Interaction } from '../fhir/interaction.ts';
import { terminologyTypes } from '../terminology/terminology.ts';
import type { Handlers } from './perform.ts';
import { writes } from './return-preference.ts';

const types: ReadonlySet<string> = new Set(terminologyTypes);
const FOLLOWED = [...writes, 'transaction', 'operation'] as const;

type AnyHandler = (interaction: Interaction, context: never) => Promise<unknown>;

/** The same handlers; after a write that may concern terminology, whether it succeeded or not, `markStale` is called. */
export function followTerminology(handlers: Handlers, markStale: () => void): Handlers {
  const following = FOLLOWED.map((code) => {
    const handler = handlers[code] as AnyHandler;
    const followed: AnyHandler = async (interaction, context) => {
      try {
        return await handler(interaction, context);
      } finally {
        if (concernsTerminology(interaction)) markStale();
      }
    };
    return [code, followed] as const;
  });
  return { ...handlers, ...(Object.fromEntries(following) as Partial<Handlers>) } as Handlers;
}

function concernsTerminology(interaction: Interaction): boolean {
  if (interaction.code === 'transaction') return true;
  // Operations on resources of these types that change them: $meta-add, $meta-delete.
  if (interaction.code === 'operation' && !interaction.name.startsWith('meta-')) return false;
  return 'resourceType' in interaction && interaction.resourceType !== undefined && types.has(interaction.resourceType);
}
