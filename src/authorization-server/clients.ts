/** The registered clients: those of the operator's file, and those in the database (RFC 7591). */
import type { RecordStore } from './record-store.ts';
import { originsOf, type RegisteredClient } from './registered-client.ts';

export interface Clients {
  find(id: string): Promise<RegisteredClient | undefined>;
  list(): Promise<readonly RegisteredClient[]>;
  /** Keeps it in the database, in the place of one with its id. */
  save(client: RegisteredClient): Promise<void>;
  /** Whether pages of this origin belong to an app that is registered. */
  isAppOrigin(origin: string): Promise<boolean>;
}

const KIND = 'RegisteredClient';
const ORIGINS_AGE_MS = 5000;

/** @param fixed those of the file, which win over the database */
export function registeredClients(records: RecordStore, fixed: readonly RegisteredClient[]): Clients {
  const ofFile = new Map(fixed.map((client) => [client.id, client]));
  const list = async () => {
    const stored = (await records.list(KIND)).map(({ content }) => content as RegisteredClient);
    return [...fixed, ...stored.filter(({ id }) => !ofFile.has(id))];
  };
  let origins: { readonly set: ReadonlySet<string>; readonly until: number } | undefined;
  return {
    list,
    find: async (id) => ofFile.get(id) ?? ((await records.find(KIND, id))?.content as RegisteredClient | undefined),
    save: (client) => records.put(KIND, client.id, { content: client }),
    isAppOrigin: async (origin) => {
      if (!origins || origins.until < Date.now()) {
        origins = { set: new Set((await list()).flatMap(originsOf)), until: Date.now() + ORIGINS_AGE_MS };
      }
      return origins.set.has(origin);
    },
  };
}
