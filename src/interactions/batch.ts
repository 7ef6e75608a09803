/** batch (FHIR R4, http.html#transaction): each entry on its own; one that fails doesn't touch the others. */
import { formatBundle } from '../fhir/bundle.ts';
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
      answers[index] = await performEntry(index, context, () => parseEntry(entry, index, context));
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  return { status: 200, body: formatBundle({ type: 'batch-response', entries: answers }) };
};

async function performEntry(
  index: number,
  context: InteractionContext,
  parse: () => ReturnType<typeof parseEntry>,
): Promise<string> {
  try {
    return formatEntryResponse(await context.perform(parse()), context.baseUrl);
  } catch (error) {
    return formatEntryError(blame(error, index));
  }
}
