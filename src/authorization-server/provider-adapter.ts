/** oidc-provider's storage on our records: what may be used once is used once, also by ten at the same time (RFC 6749, 4.1.2 and 10.4; RFC 7523, 3). */
import { type Adapter, type AdapterFactory, type AdapterPayload, errors } from 'oidc-provider';
import { secondsFromNow } from './lifetimes.ts';
import type { RecordStore } from './record-store.ts';

export interface AdapterOptions {
  readonly records: RecordStore;
  /** The registered client in oidc-provider's words. */
  readonly findClient: (id: string) => Promise<AdapterPayload | undefined>;
  /** Called when a grant must end: it was revoked, or something of it was used twice. */
  readonly endGrant: (grant: string) => Promise<void>;
}

export const providerAdapter =
  (options: AdapterOptions): AdapterFactory =>
  (model) =>
    model === 'Client' ? clientAdapter(options) : recordAdapter(model, options);

const unused = async (): Promise<undefined> => undefined;

/** Clients are registered in our own way, so oidc-provider only reads them. */
const clientAdapter = ({ findClient }: AdapterOptions): Adapter => ({
  find: findClient,
  upsert: unused,
  findByUserCode: unused,
  findByUid: unused,
  consume: unused,
  destroy: unused,
  revokeByGrantId: unused,
});

function recordAdapter(model: string, { records, endGrant }: AdapterOptions): Adapter {
  const find = async (id: string): Promise<AdapterPayload | undefined> => {
    const found = await records.find(model, id);
    return found && { ...found.content, jti: id, ...(found.consumedAt ? { consumed: true } : {}) };
  };
  return {
    find,
    upsert: (id, payload, expiresIn) => save(records, model, { id, payload, expiresIn }),
    findByUserCode: unused,
    findByUid: async (uid) => {
      const [session] = await records.findLinked(model, 'uid', uid);
      return session && ({ ...session.content } as AdapterPayload);
    },
    consume: async (id) => {
      if (await records.consume(model, id)) return;
      const grant = (await find(id))?.grantId;
      if (grant !== undefined) await endGrant(grant);
      throw new errors.InvalidGrant('it was used before');
    },
    destroy: async (id) => {
      if (model === 'Grant') await endGrant(id);
      await records.delete(model, id);
    },
    revokeByGrantId: (grant) => records.deleteLinked(model, 'grant', grant),
  };
}

interface Saving {
  readonly id: string;
  readonly payload: AdapterPayload;
  readonly expiresIn: number | undefined;
}

async function save(records: RecordStore, model: string, { id, payload, expiresIn }: Saving): Promise<void> {
  const record = {
    content: withoutSecrets(payload),
    links: { uid: payload.uid, grant: payload.grantId, account: payload.accountId },
    expiresAt: expiresIn === undefined ? undefined : secondsFromNow(expiresIn),
  };
  if (model !== 'ReplayDetection') return records.put(model, id, record);
  if (!(await records.insert(model, id, record))) {
    throw new errors.InvalidClientAuth('client assertion tokens must only be used once');
  }
}

/** The id is the secret itself; an interaction would keep a copy of its session's, which nothing reads. */
function withoutSecrets({ jti, session, ...payload }: AdapterPayload): object {
  if (session === undefined) return payload;
  const { cookie, ...rest } = session;
  return { ...payload, session: rest };
}
