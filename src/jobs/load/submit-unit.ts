/** Writes a unit of a load through the gate, as the Bundle that it stands for (FHIR R4, http.html#transaction). */
import type { BundleContent, BundleEntry } from '../../fhir/bundle.ts';
import { FhirError } from '../../fhir/error.ts';
import { isObject, parseResource } from '../../fhir/resource-content.ts';
import type { Caller, Perform } from '../../interactions/perform.ts';
import type { EntryOutcome, UnitOutcome } from './load.ts';
import type { LoadEntry, LoadUnit } from './unit.ts';

/** How a load submits its units. @throws FhirError where an atomic unit is refused, or the database is gone. */
export function submitThrough(perform: Perform, caller: Caller): (unit: LoadUnit) => Promise<UnitOutcome> {
  return async (unit) => {
    const entries = unit.entries.map(toBundleEntry);
    const together = async (type: 'transaction' | 'batch') => performBundle(perform, caller, { type, entries });
    if (unit.atomic) return together('transaction');
    // One commit for all of them is many times faster than one each; where any is refused, each is tried alone.
    return together('transaction').catch((error) => {
      if (error instanceof FhirError && error.status < 500) return together('batch');
      throw error;
    });
  };
}

function toBundleEntry({ fullUrl, text, request }: LoadEntry): BundleEntry {
  const { method, url, ifMatch, ifNoneExist } = request;
  return {
    fullUrl,
    resource: parseResource(text),
    request: { method, url, ifMatch, ifNoneExist, ifNoneMatch: undefined, ifModifiedSince: undefined },
  };
}

async function performBundle(
  perform: Perform,
  caller: Caller,
  bundle: BundleContent & { readonly type: 'transaction' | 'batch' },
): Promise<UnitOutcome> {
  const { body = '{}' } = await perform({ code: bundle.type, bundle }, caller);
  const answered = JSON.parse(body) as { entry?: readonly { response: EntryResponse }[] };
  return { entries: (answered.entry ?? []).map(({ response }) => toOutcome(response)) };
}

interface EntryResponse {
  readonly status: string;
  readonly outcome?: unknown;
}

/** @throws Error where the server could not, which is no refusal of the resource. */
function toOutcome({ status, outcome }: EntryResponse): EntryOutcome {
  if (status.startsWith('5')) throw new Error(diagnosticsOf(outcome) ?? status);
  if (!status.startsWith('2')) return { kind: 'refused', why: diagnosticsOf(outcome) ?? status };
  // A successful write has remarks only where nothing had to be written.
  return { kind: outcome === undefined ? 'written' : 'unchanged' };
}

function diagnosticsOf(outcome: unknown): string | undefined {
  const issues = isObject(outcome) && Array.isArray(outcome['issue']) ? outcome['issue'] : [];
  const diagnostics = issues.flatMap((issue) => (isObject(issue) ? [issue['diagnostics']] : []));
  return diagnostics.length > 0 ? diagnostics.join('; ') : undefined;
}
