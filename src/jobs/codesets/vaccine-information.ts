/** Vaccine Information Statements from CDC's files: editions by bar code string, and which CVX codes they are for. */
import type { CodeSystem, ConceptMap } from '@medplum/fhirtypes';
import type { SourceRecord } from './records.ts';
import { codeSystem, conceptMap, declare, group, inactiveWhere, latest, property, toDate } from './resources.ts';
import { CVX, conceptMapUrl, VIS } from './urls.ts';

type Records = readonly SourceRecord[];

/** @param addresses where the current edition of each document can be read */
export function visSystem(editions: Records, addresses: Records): CodeSystem {
  const byDocument = new Map(addresses.map((record) => [record['visgdtidocumentconceptcode'], record]));
  return codeSystem({
    id: 'vis',
    url: VIS,
    name: 'VaccineInformationStatement',
    title: 'Vaccine Information Statements by bar code string',
    date: latest(editions.flatMap(({ editiondate, lastupdated }) => [toDate(editiondate), toDate(lastupdated)])) ?? '',
    properties: declare({
      editionDate: ['dateTime', 'Date of the edition'],
      gdti: ['string', 'Global Document Type Identifier of the document'],
      status: ['code', 'Current, or Historic: replaced by a later edition'],
      inactive: ['boolean', 'Replaced by a later edition; records that have it are valid'],
      pdf: ['string', 'Address of the current edition as PDF'],
      html: ['string', 'Address of the current edition as web page'],
      lastUpdated: ['dateTime', 'When CDC last changed the entry'],
    }),
    concept: editions
      .map((record) => toEdition(record, byDocument.get(record['visgdtidocumentcode'])))
      .toSorted((a, b) => (a.code < b.code ? -1 : 1)),
  });
}

function toEdition(record: SourceRecord, address: SourceRecord | undefined) {
  const isCurrent = record['status'] === 'Current';
  return {
    code: record['visencodedstring'] ?? '',
    display: record['visdocumenttypedescription'] ?? '',
    property: [
      ...property('editionDate', 'valueDateTime', toDate(record['editiondate'])),
      ...property('gdti', 'valueString', record['visgdtidocumentcode']),
      ...property('status', 'valueCode', record['status']),
      ...inactiveWhere(!isCurrent),
      ...(isCurrent ? property('pdf', 'valueString', address?.['vispdfurl']) : []),
      ...(isCurrent ? property('html', 'valueString', address?.['vishtmlurl']) : []),
      ...property('lastUpdated', 'valueDateTime', toDate(record['lastupdated'])),
    ],
  };
}

/** Current editions before historic ones. */
export function visMap(records: Records): ConceptMap {
  const editions = records
    .map((record) => ({ record, date: toDate(record['viseditiondate']) ?? '' }))
    .toSorted((a, b) => rank(a.record) - rank(b.record) || b.date.localeCompare(a.date));
  return conceptMap({
    id: 'cvx-vis',
    url: conceptMapUrl('cvx-vis'),
    name: 'CvxToVis',
    title: 'CVX to Vaccine Information Statement',
    date: latest(editions.map(({ date }) => date)) ?? '',
    group: [
      group(
        { source: CVX, target: VIS, equivalence: 'relatedto' },
        editions.map(({ record, date }) => ({
          from: record['cvxcode'] ?? '',
          fromDisplay: record['cvxvaccinedescription'],
          to: record['fullyencodedstring'] ?? '',
          toDisplay: record['visdocumentname'],
          comment: `${record['status'] ?? ''} edition of ${date}`.trim(),
        })),
      ),
    ],
  });
}

const rank = ({ status }: SourceRecord): number => (status === 'Current' ? 0 : 1);
