/** batch (FHIR R4, http.html#transaction): each entry on its own; one that fails doesn't touch the others. */
import { type BundleEntry, formatBundle } from '../fhir/bundle.ts';
import { checkEntryCount } from './entry-limit.ts';
import { blame, parseEntry } from './entry-request.ts';
import { formatEntryError, formatEntryResponse } from './entry-response.ts';
import type { InteractionContext, InteractionHandler } from './perform.ts';

/** Entries worked on at a time. */
const AT_A_TIME = 8;

export const batch: InteractionHandler<'batch'> = async ({ bundle }, context) => {
  checkEntryCount(bundle.entries.length);
  const answers: string[] = [];
  const pending = bundle.entries.entries();
  const worker = async () => {
    for (const [index, entry] of pending) {
      answers[index] = await performEntry(entry, index, context);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  return { status: 200, body: formatBundle({ type: 'batch-response', entries: answers }) };
};

async function performEntry(entry: BundleEntry, index: number, context: InteractionContext): Promise<string> {
  try {
    const interaction = parseEntry(entry, index, context);
    return formatEntryResponse(await context.perform(interaction), context.baseUrl);
  } catch (error) {
    return formatEntryError(blame(error, index));
  }
}
