/** What an import did, for people (no section of FHIR). */
import type { AffectedDoses } from './affected.ts';
import type { SetChange } from './compare.ts';
import type { ImportResult } from './import.ts';

/** Codes named in a line; the rest is counted. The JSON report has all of them. */
const LISTED = 12;

const thousands = new Intl.NumberFormat('en-US');

export function formatImport({ changes, unchanged, affected, dryRun }: ImportResult): string {
  const heading = dryRun ? 'Nothing was written (--dry-run). An import would change:' : 'In force now:';
  return [
    ...(changes.length === 0 ? ['Everything in the files is in force already.'] : [heading]),
    ...changes.flatMap(formatChange),
    ...(changes.length > 0 && unchanged.length > 0 ? [`Unchanged: ${unchanged.join(', ')}`] : []),
    ...(affected.length > 0
      ? ['Stored doses that carry these codes, by code:', ...affected.map(formatAffected)]
      : changes.length > 0
        ? ['No stored dose carries one of these codes.']
        : []),
  ].join('\n');
}

function formatChange({ set, title, from, to, codes, added, changed, retired }: SetChange): readonly string[] {
  const edition = from === to ? to : `${from ?? 'none'} → ${to}`;
  return [
    `${set}  ${title}, edition ${edition}, ${thousands.format(codes)} codes`,
    ...formatCodes('added', added),
    ...formatCodes('changed', changed),
    ...formatCodes('retired', retired),
  ];
}

function formatCodes(what: string, codes: readonly string[]): readonly string[] {
  if (codes.length === 0) return [];
  const more = codes.length > LISTED ? `, and ${thousands.format(codes.length - LISTED)} more` : '';
  return [`  ${what} (${thousands.format(codes.length)}): ${codes.slice(0, LISTED).join(', ')}${more}`];
}

const formatAffected = ({ system, code, doses }: AffectedDoses): string =>
  `  ${system}|${code}: ${doses === undefined ? 'too many to count in time' : thousands.format(doses)}`;
