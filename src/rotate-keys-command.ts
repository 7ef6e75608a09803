/** `rotate-keys`: new keys to sign tokens with (RFC 7517); a server that runs takes them within minutes. */
import { rotateSigningKeys } from './authorization-server/signing-keys.ts';
import { authorizationRecords } from './compose-authorization.ts';
import { withRegistry } from './with-registry.ts';

export async function rotateKeysCommand(_args: readonly string[], root: URL): Promise<number> {
  await withRegistry(root, async ({ jenner }) => rotateSigningKeys(await authorizationRecords(jenner)));
  process.stdout.write('New keys are published and sign within minutes; those before stay good for their tokens.\n');
  return 0;
}
