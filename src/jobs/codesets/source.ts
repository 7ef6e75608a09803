/** Which of CDC's files a file is, told from its content, and whether it is whole (no section of FHIR). */
import { countColumns, readColumns, readXmlRecords, type SourceRecord, type XmlRecords } from './records.ts';

/** The files that CDC publishes. */
export type SourceName =
  | 'cvx'
  | 'mvx'
  | 'vaccine-group'
  | 'cpt'
  | 'trade-name'
  | 'vis'
  | 'vis-url'
  | 'cvx-vis'
  | 'ndc-sale'
  | 'ndc-use'
  | 'ndc-link';

export interface Source {
  readonly name: SourceName;
  readonly records: readonly SourceRecord[];
}

/** A file that can't be taken, and why. */
export class BrokenSource extends Error {}

interface Rules {
  readonly name: SourceName;
  /** Fields that every record must have a value for, and its form. */
  readonly required: Readonly<Record<string, RegExp>>;
  /** Fields that every record must have, with or without a value. */
  readonly present?: readonly string[];
  /** Fields that no two records share. */
  readonly key?: string;
}

const ANY = /\S/;
const CVX = /^\d{2,4}$/;
const DATE = /^\d{1,2}\/\d{1,2}\/\d{4}/;
const VIS = /^\d{24}$/;
const ROW_ID = /^\d+$/;
const MVX = /^[A-Z]{2,4}$/;
const NDC = /^\d{5}-\d{4}-\d{2}$/;

/** By the name of the root element. */
const XML: Readonly<Record<string, Rules>> = {
  CVXCodes: {
    name: 'cvx',
    required: { cvxcode: CVX, shortdescription: ANY, status: ANY, lastupdated: DATE },
    present: ['fullvaccinename', 'notes'],
    key: 'cvxcode',
  },
  MVXCodes: {
    name: 'mvx',
    required: { mvxcode: MVX, manufacturername: ANY, status: ANY, lastupdated: DATE },
    key: 'mvxcode',
  },
  VGCodes: { name: 'vaccine-group', required: { cvxcode: CVX, vaccinegroupname: ANY, cvxforvaccinegroup: CVX } },
  CPTCodes: { name: 'cpt', required: { cptcode: /^\d{4}[\dA-Z]$/, cvxcode: ANY, lastupdated: DATE } },
  productnames: { name: 'trade-name', required: { cdcproductname: ANY, cvxcode: CVX, lastupdated: DATE } },
  VISLookup: {
    name: 'vis',
    required: {
      visdocumenttypedescription: ANY,
      editiondate: DATE,
      visencodedstring: VIS,
      visgdtidocumentcode: /^\d{13}$/,
      status: ANY,
    },
    key: 'visencodedstring',
  },
  VISURL: { name: 'vis-url', required: { visgdtidocumentconceptcode: /^\d{13}$/ } },
  CVXVIS: { name: 'cvx-vis', required: { cvxcode: CVX, fullyencodedstring: VIS, visdocumentname: ANY } },
};

interface ColumnRules extends Rules {
  readonly columns: readonly string[];
}

const LABEL = ['id', 'labeler', 'product', 'package', 'proprietary', 'nonproprietary', 'labelername', 'start', 'end'];
const NDC_REQUIRED = { id: ROW_ID, cvx: CVX, ndc: NDC, proprietary: ANY };

/** By the number of columns; CDC writes no names into these files. */
const COLUMNS: Readonly<Record<number, ColumnRules>> = {
  4: {
    name: 'ndc-link',
    columns: ['id', 'sale', 'use', 'mvx'],
    required: { id: ROW_ID, sale: ROW_ID, use: ROW_ID, mvx: MVX },
  },
  16: {
    name: 'ndc-sale',
    columns: [...LABEL, 'form', 'route', 'lastupdated', 'cvx', 'cvxdescription', 'ndc', 'gtin'],
    required: NDC_REQUIRED,
  },
  17: {
    name: 'ndc-use',
    columns: [...LABEL, 'form', 'gtin', 'cvx', 'cvxdescription', 'nondc', 'ndc', 'lastupdated', 'encodedgtin'],
    required: NDC_REQUIRED,
  },
};

/** @throws BrokenSource where it is none of the files, is cut off, or a record is not as all others are. */
export function readSource(bytes: Uint8Array): Source {
  try {
    const text = decode(bytes);
    return text.trimStart().startsWith('<') ? fromXml(readXmlRecords(text)) : fromColumns(text);
  } catch (error) {
    throw new BrokenSource((error as Error).message, { cause: error });
  }
}

/** UTF-8, unless the XML declaration names something else or it is no UTF-8: then what CDC's Windows machines write. */
function decode(bytes: Uint8Array): string {
  const declared = /^<\?xml[^>]*encoding="([\w-]+)"/.exec(
    new TextDecoder('latin1').decode(bytes.subarray(0, 200)),
  )?.[1];
  if (declared && !/^utf-8$/i.test(declared)) return new TextDecoder(declared).decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

function fromXml({ root, records }: XmlRecords): Source {
  const rules = Object.hasOwn(XML, root) ? XML[root] : undefined;
  if (!rules) throw new Error(`<${root.slice(0, 64)}> is none of CDC's code sets`);
  return checked(rules, records);
}

function fromColumns(text: string): Source {
  const count = countColumns(text);
  const rules = COLUMNS[count];
  if (!rules) throw new Error(`it is no XML, and its first line has ${count} columns: none of CDC's NDC files`);
  if (!text.endsWith('\n')) throw new Error('its last line does not end: the file is cut off');
  return checked(rules, readColumns(text, rules.columns));
}

function checked(rules: Rules, records: readonly SourceRecord[]): Source {
  if (records.length === 0) throw new Error('it has no records');
  for (const [index, record] of records.entries()) checkRecord(record, rules, `record ${index + 1}`);
  const { name, key } = rules;
  if (key !== undefined) checkDistinct(records, key);
  return { name, records };
}

function checkDistinct(records: readonly SourceRecord[], key: string): void {
  const seen = new Set<string | undefined>();
  for (const [index, record] of records.entries()) {
    const own = record[key];
    if (seen.has(own)) throw new Error(`record ${index + 1} has the ${key} ${own} for a second time`);
    seen.add(own);
  }
}

function checkRecord(record: SourceRecord, { required, present = [] }: Rules, place: string): void {
  for (const [field, form] of Object.entries(required)) checkField(record, { field, form, place });
  const missing = present.find((field) => record[field] === undefined);
  if (missing) throw new Error(`${place} has no ${missing}`);
}

function checkField(
  record: SourceRecord,
  { field, form, place }: { readonly field: string; readonly form: RegExp; readonly place: string },
): void {
  const value = record[field];
  if (value === undefined || value === '') throw new Error(`${place} has no ${field}`);
  if (form === CVX && /^\d$/.test(value)) throw new Error(`${place}: CVX ${value} has lost its leading zero`);
  if (!form.test(value)) throw new Error(`${place}: ${field} is not as it should be: ${value.slice(0, 40)}`);
}
