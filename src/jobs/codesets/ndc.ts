/** National Drug Codes of vaccines from CDC's three files: unit of sale, unit of use, and what links them. */
import type { CodeSystem, CodeSystemConcept, ConceptMap } from '@medplum/fhirtypes';
import type { SourceRecord } from './records.ts';
import { codeSystem, conceptMap, declare, group, latest, type Pair, property, toDate } from './resources.ts';
import { CVX, conceptMapUrl, MVX, NDC } from './urls.ts';

export interface NdcFiles {
  readonly sale: readonly SourceRecord[];
  readonly use: readonly SourceRecord[];
  readonly link: readonly SourceRecord[];
}

type Unit = 'sale' | 'use';

/** A row of one of the files, with what the link file says of it. */
interface Row {
  readonly record: SourceRecord;
  readonly unit: Unit;
  /** MVX codes. */
  readonly manufacturers: readonly string[];
  /** The NDC of the unit it holds, or is in. */
  readonly partners: readonly string[];
}

export function ndcResources(files: NdcFiles): readonly [CodeSystem, ConceptMap] {
  const rows = [...rowsOf(files, 'sale'), ...rowsOf(files, 'use')];
  const date = latest(rows.map(({ record }) => toDate(record['lastupdated']))) ?? '';
  return [ndcSystem(rows, date), ndcMap(rows, date)];
}

function rowsOf({ sale, use, link }: NdcFiles, unit: Unit): readonly Row[] {
  const other: Unit = unit === 'sale' ? 'use' : 'sale';
  const ndcOf = new Map((unit === 'sale' ? use : sale).map((record) => [record['id'], record['ndc'] ?? '']));
  return (unit === 'sale' ? sale : use).map((record) => {
    const links = link.filter((entry) => entry[unit] === record['id']);
    return {
      record,
      unit,
      manufacturers: distinct(links.map(({ mvx }) => mvx)),
      partners: distinct(links.map((entry) => ndcOf.get(entry[other]))).filter((ndc) => ndc !== record['ndc']),
    };
  });
}

const distinct = (values: readonly (string | undefined)[]): readonly string[] =>
  [...new Set(values)].filter((value) => value !== undefined && value !== '').map(String);

/** The forms in which the code is written beside 5-4-2: 11 digits, and FDA's 10 with dashes. */
function otherForms({ ndc = '', labeler = '', product = '', package: pack = '' }: SourceRecord): readonly string[] {
  const asFda = [labeler, product, pack].join('-');
  return distinct([
    ndc.replaceAll('-', ''),
    /^\d{4,5}-\d{3,4}-\d{1,2}$/.test(asFda) && asFda !== ndc ? asFda : undefined,
  ]);
}

function ndcSystem(rows: readonly Row[], date: string): CodeSystem {
  const byCode = new Map<string, Row[]>();
  for (const row of rows) {
    const code = row.record['ndc'] ?? '';
    const same = byCode.get(code);
    if (same) same.push(row);
    else byCode.set(code, [row]);
  }
  return codeSystem({
    id: 'ndc',
    url: NDC,
    name: 'VaccineNDC',
    title: 'NDC: vaccines by unit of sale and unit of use',
    description:
      'Codes as 5-4-2 digits. The same code in 11 digits, or as FDA writes it in 10 with dashes, is taken for it. ' +
      'An end date is the last day on which the labeler supplied it: records of what was given stay valid.',
    oid: '2.16.840.1.113883.6.69',
    date,
    properties: PROPERTIES,
    concept: [...byCode].map(toConcept).toSorted((a, b) => (a.code < b.code ? -1 : 1)),
  });
}

const PROPERTIES = declare({
  alternateCode: ['code', 'The same code in another form'],
  unit: ['code', 'sale: what is ordered; use: the vial or syringe in it'],
  cvx: ['code', 'CVX code of the product; several where CDC has several'],
  mvx: ['code', 'MVX code of the manufacturer'],
  contains: ['code', 'NDC of the unit of use in this unit of sale'],
  containedIn: ['code', 'NDC of the unit of sale that this unit of use is in'],
  labeler: ['string', 'Name of the labeler'],
  form: ['string', 'Package or form'],
  route: ['string', 'Route of administration'],
  start: ['dateTime', 'First day of supply'],
  end: ['dateTime', 'Last day of supply'],
  gtin: ['string', 'Global Trade Item Number'],
  lastUpdated: ['dateTime', 'When CDC last changed the entry'],
});

function toConcept([code, rows]: readonly [string, readonly Row[]]): CodeSystemConcept & { readonly code: string } {
  const [first = EMPTY] = rows;
  const each = (name: string, values: (row: Row) => readonly (string | undefined)[]) =>
    distinct(rows.flatMap(values)).flatMap((value) => property(name, 'valueCode', value));
  return {
    code,
    display: first.record['proprietary'] ?? '',
    ...(first.record['nonproprietary'] ? { designation: [{ value: first.record['nonproprietary'] }] } : {}),
    property: [
      ...each('alternateCode', ({ record }) => otherForms(record)),
      ...each('unit', ({ unit }) => [unit]),
      ...each('cvx', ({ record }) => [record['cvx']]),
      ...each('mvx', ({ manufacturers }) => manufacturers),
      ...each('contains', ({ unit, partners }) => (unit === 'sale' ? partners : [])),
      ...each('containedIn', ({ unit, partners }) => (unit === 'use' ? partners : [])),
      ...supplyOf(first.record),
    ],
  };
}

const EMPTY: Row = { record: {}, unit: 'sale', manufacturers: [], partners: [] };

const supplyOf = (record: SourceRecord) => [
  ...property('labeler', 'valueString', record['labelername']),
  ...property('form', 'valueString', record['form']),
  ...property('route', 'valueString', record['route']),
  ...property('start', 'valueDateTime', toDate(record['start'])),
  ...property('end', 'valueDateTime', toDate(record['end'])),
  ...property('gtin', 'valueString', record['gtin']),
  ...property('lastUpdated', 'valueDateTime', toDate(record['lastupdated'])),
];

/** One NDC may have several CVX codes: CDC's files say so, and nothing chooses between them here. */
function ndcMap(rows: readonly Row[], date: string): ConceptMap {
  const pairs = (to: (row: Row) => readonly (readonly [string, string?])[]): readonly Pair[] =>
    rows.flatMap((row) =>
      to(row).map(([code, display]) => ({
        from: row.record['ndc'] ?? '',
        fromDisplay: row.record['proprietary'],
        to: code,
        toDisplay: display,
      })),
    );
  return conceptMap({
    id: 'ndc-cvx',
    url: conceptMapUrl('ndc-cvx'),
    name: 'NdcToCvx',
    title: 'NDC to CVX and MVX',
    date,
    group: [
      group(
        { source: NDC, target: CVX, equivalence: 'wider' },
        pairs(({ record }) => [[record['cvx'] ?? '', record['cvxdescription'] ?? '']]),
      ),
      group(
        { source: NDC, target: MVX, equivalence: 'relatedto' },
        pairs(({ manufacturers }) => manufacturers.map((mvx) => [mvx] as const)),
      ),
    ],
  });
}
