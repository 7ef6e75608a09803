/** explain: PostgreSQL's plan in the shape of MongoDB's (MongoDB manual, "Explain Results"). */
import { argumentOf, type Command, encodeDocument } from './command.ts';
import { COMMAND_NOT_FOUND, CommandError, FAILED_TO_PARSE } from './command-error.ts';
import { type CommandContext, execute } from './engine-state.ts';
import { indexIdOf, isIdIndex, readIndexNames } from './index-names.ts';
import { type Statement, TYPE_OID } from './postgres-messages.ts';
import { readDocument, readString, visitElements, withoutElements } from './raw-bson.ts';

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly 'Actual Rows'?: number;
  readonly 'Actual Loops'?: number;
  readonly 'Actual Total Time'?: number;
  readonly Plans?: readonly PlanNode[];
}

interface ExplainedQuery {
  readonly Plan: PlanNode;
  readonly 'Execution Time'?: number;
}

const QUERY_FUNCTIONS: Readonly<Record<string, string>> = {
  find: 'find',
  aggregate: 'pipeline',
  count: 'count',
  distinct: 'distinct',
};
const STAGES: readonly (readonly [RegExp, string])[] = [
  [/^Index (Only )?Scan|^Bitmap Index Scan/, 'IXSCAN'],
  [/Seq Scan/, 'COLLSCAN'],
  [/Bitmap Heap/, 'FETCH'],
  [/Sort/, 'SORT'],
  [/Limit/, 'LIMIT'],
];

function explainStatements(analyze: boolean): ReadonlyMap<string, Statement> {
  const options = `FORMAT JSON, ANALYZE ${analyze}, VERBOSE false, BUFFERS ${analyze}`;
  const statement = (name: string): Statement => ({
    sql: `EXPLAIN (${options}) SELECT document FROM documentdb_api_catalog.bson_aggregation_${name}($1,$2)`,
    parameterTypes: [TYPE_OID.text, TYPE_OID.bytea],
  });
  return new Map(Object.entries(QUERY_FUNCTIONS).map(([command, name]) => [command, statement(name)]));
}

const PLAN_ONLY = explainStatements(false);
const PLAN_AND_RUN = explainStatements(true);

function indexIdsOf(node: PlanNode): readonly string[] {
  const own = indexIdOf(node['Index Name'] ?? '');
  return [...(own === undefined ? [] : [own]), ...(node.Plans ?? []).flatMap(indexIdsOf)];
}

function indexNameOf(node: PlanNode, names: ReadonlyMap<string, string>): string | undefined {
  const engineName = node['Index Name'];
  if (engineName === undefined) return undefined;
  if (isIdIndex(engineName)) return '_id_';
  return names.get(indexIdOf(engineName) ?? '') ?? engineName;
}

/** The engine wraps its scans into a node of its own that MongoDB's plans don't have. */
function unwrap(node: PlanNode): PlanNode {
  const [input, ...others] = node.Plans ?? [];
  return node['Node Type'] === 'Custom Scan' && input && others.length === 0 ? unwrap(input) : node;
}

function toStage(wrapped: PlanNode, names: ReadonlyMap<string, string>): object {
  const node = unwrap(wrapped);
  const type = node['Node Type'];
  const stage = STAGES.find(([pattern]) => pattern.test(type))?.[1] ?? type.toUpperCase();
  const indexName = indexNameOf(node, names);
  const rows = node['Actual Rows'];
  const inputs = (node.Plans ?? []).map((input) => toStage(input, names));
  return {
    stage,
    ...(indexName === undefined ? {} : { indexName }),
    ...(rows === undefined
      ? {}
      : { nReturned: rows * (node['Actual Loops'] ?? 1), executionTimeMillisEstimate: node['Actual Total Time'] }),
    ...(inputs.length === 1 ? { inputStage: inputs[0] } : {}),
    ...(inputs.length > 1 ? { inputStages: inputs } : {}),
  };
}

function executionStats({ Plan, 'Execution Time': time }: ExplainedQuery): object {
  if (time === undefined) return {};
  return { executionStats: { executionSuccess: true, nReturned: Plan['Actual Rows'], executionTimeMillis: time } };
}

async function explainQuery(context: CommandContext, query: Buffer, analyze: boolean): Promise<Buffer> {
  let name = '';
  visitElements(query, (key) => {
    name = key;
    return false;
  });
  const statement = (analyze ? PLAN_AND_RUN : PLAN_ONLY).get(name);
  if (!statement) throw new CommandError(COMMAND_NOT_FOUND, `explain of '${name}' is not supported`);
  const body = withoutElements(query, new Set(['explain']));
  const rows = await execute(context, statement, [context.command.databaseBytes, body]);
  const [explained] = JSON.parse(rows.map(([line]) => String(line)).join('\n')) as [ExplainedQuery];
  const names = await readIndexNames(context.engine.pool, indexIdsOf(explained.Plan));
  return encodeDocument({
    explainVersion: '1',
    queryPlanner: { namespace: context.command.database, winningPlan: toStage(explained.Plan, names) },
    ...executionStats(explained),
    postgres: JSON.stringify(explained),
    ok: 1,
  });
}

function explainedCommand(command: Command): Buffer {
  const query = readDocument(command.body, command.target);
  if (!query) throw new CommandError(FAILED_TO_PARSE, 'explain must be a document');
  return query;
}

/** The explain command. */
export function explain(context: CommandContext): Promise<Buffer> {
  const { command } = context;
  const verbosity = readString(command.body, argumentOf(command, 'verbosity'));
  return explainQuery(context, explainedCommand(command), verbosity !== 'queryPlanner');
}

/** aggregate with `explain: true`. */
export function explainAggregate(context: CommandContext): Promise<Buffer> {
  return explainQuery(context, context.command.body, false);
}
