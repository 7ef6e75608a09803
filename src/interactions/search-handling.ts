/** Whether a search is to be refused for what the server doesn't know (FHIR R4, search.html#errors; RFC 7240, handling). */
import type { SearchHandling } from '../fhir/interaction.ts';

/** What `Prefer: handling=…` says; undefined where it says nothing that is known. */
export function parseHandling(prefer: string | undefined): SearchHandling | undefined {
  const [, value] = /(?:^|[,;])\s*handling\s*=\s*"?(strict|lenient)"?\s*(?=$|[,;])/i.exec(prefer ?? '') ?? [];
  return value?.toLowerCase() as SearchHandling | undefined;
}
