/** The registered clients: those of the operator's file, and those in the database (RFC 7591). */
import type { RecordStore } from './record-store.ts';
import { originsOf, type RegisteredClient } from './registered-client.ts';

export interface Clients {
  find(id: string): Promise<RegisteredClient | undefined>;
  list(): Promise<readonly RegisteredClient[]>;
  /** Keeps it in the database, in the place of one with its id. */
  save(client: RegisteredClient): Promise<void>;
  /** Whether pages of this origin belong to an app that was registered at the last look. */
  isAppOrigin(origin: string): boolean;
  /** Looks which apps are registered. */
  refresh(): Promise<void>;
}

const KIND = 'RegisteredClient';

/** @param fixed those of the file, which win over the database */
export function registeredClients(records: RecordStore, fixed: readonly RegisteredClient[]): Clients {
  const ofFile = new Map(fixed.map((client) => [client.id, client]));
  const list = async () => {
    const stored = (await records.list(KIND)).map(({ content }) => content as RegisteredClient);
    return [...fixed, ...stored.filter(({ id }) => !ofFile.has(id))];
  };
  let origins: ReadonlySet<string> = new Set();
  const refresh = async () => {
    origins = new Set((await list()).flatMap(originsOf));
  };
  return {
    list,
    find: async (id) => ofFile.get(id) ?? ((await records.find(KIND, id))?.content as RegisteredClient | undefined),
    save: async (client) => {
      await records.put(KIND, client.id, { content: client });
      await refresh();
    },
    isAppOrigin: (origin) => origins.has(origin),
    refresh,
  };
}
