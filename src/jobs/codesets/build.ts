/** What CDC's files make: the code systems and concept maps, of as many files as there are (no section of FHIR). */
import type { CodeSystem, ConceptMap } from '@medplum/fhirtypes';
import { ndcResources } from './ndc.ts';
import type { SourceRecord } from './records.ts';
import type { Source, SourceName } from './source.ts';
import { visMap, visSystem } from './vaccine-information.ts';
import { cptMaps, cvxSystem, groupMap, groupSystem, mvxSystem, tradeNameSystem } from './vaccines.ts';

export type CdcResource = CodeSystem | ConceptMap;

/** @param today as FHIR date, for the sets whose files say nothing of dates */
export function buildCdcSets(sources: readonly Source[], today: string): readonly CdcResource[] {
  const records = new Map(sources.map(({ name, records: found }) => [name, found]));
  const of = (name: SourceName): readonly SourceRecord[] => records.get(name) ?? [];
  const where = (name: SourceName, build: () => readonly CdcResource[]) => (records.has(name) ? build() : []);
  const ndc = { sale: of('ndc-sale'), use: of('ndc-use'), link: of('ndc-link') };
  return [
    ...where('cvx', () => [cvxSystem(of('cvx'), today)]),
    ...where('mvx', () => [mvxSystem(of('mvx'), today)]),
    ...where('vaccine-group', () => [groupSystem(of('vaccine-group'), today), groupMap(of('vaccine-group'), today)]),
    ...where('trade-name', () => [tradeNameSystem(of('trade-name'), today)]),
    ...where('cpt', () => cptMaps(of('cpt'), today)),
    ...where('vis', () => [visSystem(of('vis'), of('vis-url'))]),
    ...where('cvx-vis', () => [visMap(of('cvx-vis'))]),
    ...(ndc.sale.length + ndc.use.length > 0 ? ndcResources(ndc) : []),
  ];
}
