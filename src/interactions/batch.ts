/** batch (FHIR R4, http.html#transaction): each entry on its own; one that fails doesn't touch the others. */
import { type BundleEntry, formatBundle } from '../fhir/bundle.ts';
import type { ReturnPreference } from '../fhir/interaction.ts';
import { checkEntryCount } from './entry-limit.ts';
import { blame, parseEntry } from './entry-request.ts';
import { formatEntryError, formatEntryResponse } from './entry-response.ts';
import type { InteractionContext, InteractionHandler } from './perform.ts';
import { withContent } from './return-preference.ts';

/** Entries worked on at a time. */
const AT_A_TIME = 8;

export const batch: InteractionHandler<'batch'> = async ({ bundle, returns }, context) => {
  checkEntryCount(bundle.entries.length, context.settings);
  const answers: string[] = [];
  const pending = bundle.entries.entries();
  const worker = async () => {
    for (const [index, entry] of pending) {
      answers[index] = await performEntry(entry, index, { context, returns });
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  return { status: 200, body: formatBundle({ type: 'batch-response', entries: answers }) };
};

interface Asking {
  readonly context: InteractionContext;
  readonly returns: ReturnPreference | undefined;
}

async function performEntry(entry: BundleEntry, index: number, { context, returns }: Asking): Promise<string> {
  try {
    const interaction = parseEntry(entry, index, context);
    const { code } = interaction;
    const response = withContent(await context.perform(interaction), code, returns);
    return formatEntryResponse(response, { baseUrl: context.baseUrl, code, returns });
  } catch (error) {
    return formatEntryError(blame(error, index));
  }
}
