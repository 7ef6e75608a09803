/** How the database answers the first page of a search, for those who run the server: filter, plan, rows (no FHIR section). */
import type { Document } from 'mongodb';
import { pageSize } from '../../definitions/server.ts';
import type { Store } from '../versions.ts';
import type { Conditions } from './combine.ts';
import { TIME_LIMIT_MS } from './inquiry.ts';
import { keyOrderOf } from './key-order.ts';
import type { IndexKeys } from './order-hint.ts';
import { stretchesOf, type Way } from './page-filter.ts';
import { type Source, stretchQuery } from './search-page.ts';
import { type AskedSearch, compileSearch } from './search-request.ts';
import { sourcesOf } from './sources.ts';

export interface ExplainedRead {
  readonly resourceType: string;
  readonly filter: Conditions;
  /** Undefined where no index has the order, and the matches are sorted by the server. */
  readonly sort: IndexKeys | undefined;
  /** The index that is asked for; undefined where the planner chooses. */
  readonly hint: IndexKeys | undefined;
  /** Stages of the plan, from the last to the first: `LIMIT`, `IXSCAN`. */
  readonly stages: readonly string[];
  /** The indexes that are read, by their names. */
  readonly indexes: readonly string[];
  /** Criteria that are looked at for each resource that the filter finds. */
  readonly pending: readonly string[];
  /** Documents or index entries that were looked at; undefined where the database doesn't tell. */
  readonly examined: number | undefined;
  readonly returned: number;
  readonly milliseconds: number;
}

export interface SearchToExplain extends AskedSearch {
  readonly compartment?: string | undefined;
  /** Where the page begins; at the first match where nothing is said. */
  readonly start?: Way['start'];
}

/** Each read of the first page in its turn, carried out. @throws FhirError as the search would */
export async function explainSearch(store: Store, asked: SearchToExplain): Promise<readonly ExplainedRead[]> {
  const search = compileSearch(store, asked);
  const sources = await sourcesOf(store, search, { compartment: asked.compartment, asOf: undefined });
  const limit = Math.min(search.count ?? pageSize.usual, pageSize.most) + 1;
  const reads: ExplainedRead[] = [];
  for (const source of sources) {
    for (const read of readsOf(store, source, { sort: search.options.sort, start: asked.start })) {
      reads.push(await explainRead(store, source, { ...read, limit }));
    }
  }
  return reads;
}

interface Read {
  readonly filter: Conditions;
  readonly sort?: IndexKeys;
  readonly hint?: IndexKeys;
}

function readsOf(
  store: Store,
  source: Source,
  { sort, start }: { readonly sort: Parameters<typeof keyOrderOf>[2]; readonly start: Way['start'] },
): readonly Read[] {
  const order = keyOrderOf(store.definitions, source.resourceType, sort);
  if (!order) return [{ filter: source.filter }];
  return stretchesOf(order, { start, backward: false }).map((stretch) => {
    const { projection, ...read } = stretchQuery(store, { ...source, order }, stretch);
    return read;
  });
}

async function explainRead(
  { database }: Store,
  { resourceType, pending }: Source,
  { filter, sort, hint, limit }: Read & { readonly limit: number },
): Promise<ExplainedRead> {
  const find = { find: resourceType, filter, ...(sort ? { sort, limit } : {}), ...(hint ? { hint } : {}) };
  const command = { explain: { ...find, maxTimeMS: TIME_LIMIT_MS }, verbosity: 'executionStats' };
  const plan = await database.db.command(command);
  const root: Document = plan['executionStats']?.['executionStages'] ?? plan['queryPlanner']?.['winningPlan'] ?? {};
  const stages = stagesOf(root);
  return {
    ...{ resourceType, filter, sort, hint, pending: pending.map(({ name }) => name) },
    stages: stages.map(({ stage }) => String(stage)),
    indexes: stages.flatMap(({ indexName }) => (typeof indexName === 'string' ? [indexName] : [])),
    examined: plan['executionStats']?.['totalDocsExamined'] ?? examinedByPostgres(plan['postgres']),
    returned: Number(plan['executionStats']?.['nReturned'] ?? 0),
    milliseconds: Number(plan['executionStats']?.['executionTimeMillis'] ?? 0),
  };
}

function stagesOf(node: Document): readonly Document[] {
  const inputs = [node['inputStage'] ?? node['inputStages'] ?? []].flat() as readonly Document[];
  return [node, ...inputs.flatMap(stagesOf)];
}

interface PostgresNode {
  readonly 'Actual Rows'?: number;
  readonly 'Actual Loops'?: number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly Plans?: readonly PostgresNode[];
}

/** What the scans of the embedded engine read: the rows they hand on, and those that they throw away. */
function examinedByPostgres(explained: unknown): number | undefined {
  if (typeof explained !== 'string') return undefined;
  const { Plan } = JSON.parse(explained) as { readonly Plan: PostgresNode };
  return scansOf(Plan).reduce((sum, scan) => sum + rowsOf(scan), 0);
}

const scansOf = (node: PostgresNode): readonly PostgresNode[] =>
  node.Plans?.length ? node.Plans.flatMap(scansOf) : [node];

const rowsOf = (scan: PostgresNode): number =>
  ((scan['Actual Rows'] ?? 0) + (scan['Rows Removed by Filter'] ?? 0) + (scan['Rows Removed by Index Recheck'] ?? 0)) *
  (scan['Actual Loops'] ?? 1);
