/** CVX, MVX, vaccine groups, trade names and CPT pairs from CDC's files (FHIR R4, codesystem.html, conceptmap.html). */
import type { CodeSystem, CodeSystemConcept, ConceptMap } from '@medplum/fhirtypes';
import type { SourceRecord } from './records.ts';
import {
  codeSystem,
  conceptMap,
  declare,
  group,
  inactiveWhere,
  latest,
  type Pair,
  property,
  toDate,
} from './resources.ts';
import { CPT, CVX, conceptMapUrl, MVX, TRADE_NAME, VACCINE_GROUP } from './urls.ts';

type Records = readonly SourceRecord[];

/** Where a file says nothing of dates. */
const dateOf = (records: Records, otherwise: string): string =>
  latest(records.map(({ lastupdated }) => toDate(lastupdated))) ?? otherwise;

const byCode = (a: CodeSystemConcept, b: CodeSystemConcept): number =>
  (a.code ?? '').localeCompare(b.code ?? '', 'en', { numeric: true });

/** Status is about supply in the United States: a record with an inactive code is as valid as any other. */
const STATUS = declare({
  status: ['code', 'As CDC has it: whether the product is in use in the United States'],
  inactive: ['boolean', 'Not for new records; records that have the code are valid'],
  lastUpdated: ['dateTime', 'When CDC last changed the entry'],
  notes: ['string', 'What CDC says about its use'],
});

const statusOf = ({ status = '', lastupdated, notes }: SourceRecord) => [
  ...property('status', 'valueCode', status),
  ...inactiveWhere(/^(inactive|never active)$/i.test(status)),
  ...property('lastUpdated', 'valueDateTime', toDate(lastupdated)),
  ...property('notes', 'valueString', notes),
];

const FULL_NAME = { system: 'http://snomed.info/sct', code: '900000000000003001', display: 'Fully specified name' };

export const cvxSystem = (records: Records, today: string): CodeSystem =>
  codeSystem({
    id: 'cvx',
    url: CVX,
    name: 'CVX',
    title: 'CVX: vaccines administered',
    description: 'Every code is valid, whatever its status: the status is about supply in the United States.',
    oid: '2.16.840.1.113883.12.292',
    date: dateOf(records, today),
    properties: STATUS,
    concept: records
      .map((record) => ({
        code: record['cvxcode'] ?? '',
        display: record['shortdescription'] ?? '',
        ...(record['fullvaccinename'] ? { designation: [{ use: FULL_NAME, value: record['fullvaccinename'] }] } : {}),
        property: statusOf(record),
      }))
      .toSorted(byCode),
  });

export const mvxSystem = (records: Records, today: string): CodeSystem =>
  codeSystem({
    id: 'mvx',
    url: MVX,
    name: 'MVX',
    title: 'MVX: manufacturers of vaccines',
    oid: '2.16.840.1.113883.12.227',
    date: dateOf(records, today),
    properties: STATUS,
    concept: records
      .map((record) => ({
        code: record['mvxcode'] ?? '',
        display: record['manufacturername'] ?? '',
        property: statusOf(record),
      }))
      .toSorted(byCode),
  });

/** A group by CDC's name, and by the CVX code of its unspecified formulation. */
export function groupSystem(records: Records, today: string): CodeSystem {
  const codes = new Map(records.map((record) => [record['vaccinegroupname'] ?? '', record['cvxforvaccinegroup']]));
  return codeSystem({
    id: 'vaccine-group',
    url: VACCINE_GROUP,
    name: 'VaccineGroup',
    title: 'CDC vaccine groups',
    date: dateOf(records, today),
    properties: declare({ cvx: ['code', 'CVX code that stands for the group in forecasts'] }),
    concept: [...codes]
      .map(([code, cvx]) => ({ code, display: code, property: property('cvx', 'valueCode', cvx) }))
      .toSorted(byCode),
  });
}

export function groupMap(records: Records, today: string): ConceptMap {
  const pair = (to: string | undefined, record: SourceRecord): Pair => ({
    from: record['cvxcode'] ?? '',
    fromDisplay: record['shortdescription'],
    to: to ?? '',
    toDisplay: record['vaccinegroupname'],
  });
  return conceptMap({
    id: 'cvx-vaccine-group',
    url: conceptMapUrl('cvx-vaccine-group'),
    name: 'CvxToVaccineGroup',
    title: 'CVX to CDC vaccine group',
    date: dateOf(records, today),
    group: [
      group(
        { source: CVX, target: VACCINE_GROUP, equivalence: 'wider' },
        records.map((record) => pair(record['vaccinegroupname'], record)),
      ),
      group(
        { source: CVX, target: CVX, equivalence: 'wider' },
        records.map((record) => pair(record['cvxforvaccinegroup'], record)),
      ),
    ],
  });
}

const spaced = (text = ''): string => text.replace(/\s+/g, ' ').trim();

/** A product is a trade name and a manufacturer; together they give the CVX code, or several. */
export function tradeNameSystem(records: Records, today: string): CodeSystem {
  const products = new Map<string, SourceRecord[]>();
  for (const record of records) {
    const name = spaced(record['cdcproductname']);
    const code = record['mvxcode'] ? `${name} (${record['mvxcode']})` : name;
    const same = products.get(code);
    if (same) same.push(record);
    else products.set(code, [record]);
  }
  return codeSystem({
    id: 'vaccine-trade-name',
    url: TRADE_NAME,
    name: 'VaccineTradeName',
    title: 'Trade names of vaccines',
    date: dateOf(records, today),
    properties: [
      ...declare({ cvx: ['code', 'CVX code of the product'], mvx: ['code', 'MVX code of its manufacturer'] }),
      ...STATUS,
    ],
    concept: [...products].map(toProduct).toSorted(byCode),
  });
}

function toProduct([code, records]: readonly [string, readonly SourceRecord[]]): CodeSystemConcept {
  const [first = {}] = records;
  const cvx = [...new Set(records.map((record) => record['cvxcode']))];
  return {
    code,
    display: spaced(first['cdcproductname']),
    property: [
      ...cvx.flatMap((value) => property('cvx', 'valueCode', value)),
      ...property('mvx', 'valueCode', first['mvxcode']),
      ...statusOf({ status: first['productnamestatus'] ?? '', lastupdated: first['lastupdated'] ?? '' }),
    ],
  };
}

const AMA =
  'CPT codes are copyright of the American Medical Association. CDC publishes the pairs; descriptions are not here.';

/** Codes only: the descriptions of CPT are not ours to give. */
export function cptMaps(records: Records, today: string): readonly ConceptMap[] {
  const pairs = records.filter((record) => /^\d{2,4}$/.test(record['cvxcode'] ?? ''));
  const date = dateOf(records, today);
  const frame = (id: string, name: string, title: string) =>
    ({ id, url: conceptMapUrl(id), name, title, date, copyright: AMA }) as const;
  const toCpt = pairs.map(
    (record): Pair => ({
      from: record['cvxcode'] ?? '',
      fromDisplay: record['vaccinename'],
      to: record['cptcode'] ?? '',
    }),
  );
  const fromCpt = toCpt.map(({ from, fromDisplay, to }): Pair => ({ from: to, to: from, toDisplay: fromDisplay }));
  return [
    conceptMap({
      ...frame('cvx-cpt', 'CvxToCpt', 'CVX to CPT'),
      group: [group({ source: CVX, target: CPT, equivalence: 'relatedto' }, toCpt)],
    }),
    conceptMap({
      ...frame('cpt-cvx', 'CptToCvx', 'CPT to CVX'),
      group: [group({ source: CPT, target: CVX, equivalence: 'relatedto' }, fromCpt)],
    }),
  ];
}
