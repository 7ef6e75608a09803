/** Under which address the server runs, for commands that work beside it. */
import type { RecordStore } from './record-store.ts';

const KIND = 'Installation';
const ID = 'server';

export const saveFhirBase = (records: RecordStore, fhirBase: string): Promise<void> =>
  records.put(KIND, ID, { content: { fhirBase } });

/** The FHIR base URL of the server that was started last; undefined where none was. */
export async function readFhirBase(records: RecordStore): Promise<string | undefined> {
  const found = await records.find(KIND, ID);
  return (found?.content as { readonly fhirBase: string } | undefined)?.fhirBase;
}
