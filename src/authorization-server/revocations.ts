/** What was taken back before its time (RFC 7009): grants with all their tokens, and single tokens. */
import type { RecordStore } from './record-store.ts';

/** The tokens of this issuer that must not be taken any more; whoever checks tokens reads it. */
export interface Revocations {
  /** @param until when the last token of the grant has ended by itself */
  revokeGrant(grant: string, until: Date): Promise<void>;
  revokeToken(tokenId: string, until: Date): Promise<void>;
  isRevoked(token: { readonly tokenId: string | undefined; readonly grant: string | undefined }): Promise<boolean>;
}

const KIND = 'Revocation';

export function recordedRevocations(records: RecordStore): Revocations {
  const isThere = async (id: string) => (await records.find(KIND, id)) !== undefined;
  return {
    revokeGrant: (grant, until) => records.put(KIND, `grant ${grant}`, { content: {}, expiresAt: until }),
    revokeToken: (tokenId, until) => records.put(KIND, `token ${tokenId}`, { content: {}, expiresAt: until }),
    isRevoked: async ({ tokenId, grant }) =>
      (tokenId !== undefined && (await isThere(`token ${tokenId}`))) ||
      (grant !== undefined && (await isThere(`grant ${grant}`))),
  };
}
