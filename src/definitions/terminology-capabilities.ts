/** What this server does with codes (FHIR R4, terminologycapabilities.html), of what is in force when it is asked. */
import type { TerminologyCapabilities, TerminologyCapabilitiesCodeSystem } from '@medplum/fhirtypes';
import type { Terminology, TerminologyEntry } from '../terminology/terminology.ts';
import type { OperationParameter } from './operations.ts';
import { type ServerInstance, software } from './server.ts';

/** @param expandParameters what `$expand` takes */
export function buildTerminologyCapabilities(
  terminology: Terminology,
  expandParameters: readonly OperationParameter[],
  { baseUrl }: Pick<ServerInstance, 'baseUrl'>,
): TerminologyCapabilities {
  return {
    resourceType: 'TerminologyCapabilities',
    version: software.version,
    name: 'JennerTerminology',
    title: 'Terminology of Jenner',
    status: 'active',
    date: software.releaseDate,
    kind: 'instance',
    software: { name: software.name, version: software.version },
    implementation: { description: 'A FHIR server for immunization records', url: baseUrl },
    codeSystem: codeSystemsOf(terminology.codeSystems()),
    expansion: {
      hierarchical: false,
      paging: true,
      incomplete: true,
      parameter: expandParameters.map(({ name, documentation }) => ({ name, documentation })),
      textFilter: 'Every word must be in the code, the display or a designation, whatever its case.',
    },
    codeSearch: 'all',
    validateCode: { translations: false },
    translation: { needsMap: true },
  };
}

/** By URL, in its order, with the editions that are here. */
function codeSystemsOf(entries: readonly TerminologyEntry[]): TerminologyCapabilitiesCodeSystem[] {
  const versions = new Map<string, string[]>();
  for (const { url, version } of entries) {
    const known = versions.get(url) ?? [];
    versions.set(url, version === undefined ? known : [...known, version]);
  }
  return [...versions]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([uri, codes]) => ({
      uri,
      ...(codes.length > 0 ? { version: codes.map((code) => ({ code })) } : {}),
      subsumption: true,
    }));
}
