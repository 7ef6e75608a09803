/** What is plausible of a vaccination: dates and ages by CVX code, funding by eligibility (data/quality/README.md). */
import { brokenDeclaration, isRecord, isTextList, readDeclaration } from './declaration-file.ts';

/** When and at what age a CVX code can have been given; dates as `2010-05-28`. */
export interface VaccineUse {
  readonly cvx: string;
  readonly conceptType: string;
  readonly dateNotBefore?: string;
  readonly dateNotExpectedBefore?: string;
  readonly dateNotExpectedAfter?: string;
  readonly dateNotAfter?: string;
  readonly ageMonthsNotBefore?: number;
  readonly ageMonthsNotAfter?: number;
}

export interface QualityTables {
  readonly use: ReadonlyMap<string, VaccineUse>;
  /** Codes of funding sources by eligibility code (HL7 table 0064). */
  readonly funding: ReadonlyMap<string, readonly string[]>;
}

/** @param root of the project, a `file:` URL that ends in `/`. @throws Error naming a broken file */
export function loadQualityTables(root: URL): QualityTables {
  const folder = new URL('data/quality/', root);
  return {
    use: loadUse(new URL('cvx-use.json', folder)),
    funding: loadFunding(new URL('eligibility-funding.json', folder)),
  };
}

function loadUse(file: URL): ReadonlyMap<string, VaccineUse> {
  const rows = readDeclaration(file);
  if (!Array.isArray(rows) || !rows.every(isUse)) throw brokenDeclaration(file, 'is not a list of rules by CVX code');
  return new Map(rows.map((row) => [row.cvx, row]));
}

const isUse = (row: unknown): row is VaccineUse =>
  isRecord(row) && typeof row['cvx'] === 'string' && typeof row['conceptType'] === 'string';

function loadFunding(file: URL): ReadonlyMap<string, readonly string[]> {
  const table = readDeclaration(file);
  if (!isRecord(table)) throw brokenDeclaration(file, 'is not a table by eligibility code');
  const rows = Object.entries(table);
  if (!rows.every((row): row is [string, readonly string[]] => isTextList(row[1]))) {
    throw brokenDeclaration(file, 'has something else than lists of funding sources');
  }
  return new Map(rows);
}
