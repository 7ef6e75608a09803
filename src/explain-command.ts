/** `explain "<query>"`: how the database answers a search, in words for those who run the server, or as JSON. */
import type { Jenner } from './compose.ts';
import { ConfigError } from './config.ts';
import { FhirError } from './fhir/error.ts';
import { parseParams } from './fhir/search-params.ts';
import type { ServedTypes } from './interactions/parse-path.ts';
import { parseRequest } from './interactions/parse-request.ts';
import { withRegistry } from './with-registry.ts';

type SearchToExplain = Parameters<Jenner['explain']>[0];
type ExplainedRead = Awaited<ReturnType<Jenner['explain']>>[number];

const USAGE = 'npm run jenner -- explain "Immunization?patient=123&date=ge2024" [--json]';

/** Answers 0 where every read of the search uses an index, 1 where one reads a whole collection. */
export async function explainCommand(args: readonly string[], root: URL): Promise<number> {
  const asJson = args.includes('--json');
  const [query, ...more] = args.filter((argument) => argument !== '--json');
  if (query === undefined || more.length > 0) throw new ConfigError(`Say which search to explain: ${USAGE}`);
  return withRegistry(root, async ({ jenner }) => {
    const reads = await explainQuery(query, jenner);
    process.stdout.write(asJson ? `${JSON.stringify(reads, null, 2)}\n` : `${reads.map(describeRead).join('\n')}`);
    return reads.some(isWholeRead) ? 1 : 0;
  });
}

interface Explaining {
  readonly definitions: ServedTypes & { readonly resourceTypes: readonly string[] };
  explain(asked: SearchToExplain): Promise<readonly ExplainedRead[]>;
}

/** @throws ConfigError where the query is no search, or the search would be refused */
async function explainQuery(query: string, { definitions, explain }: Explaining): Promise<readonly ExplainedRead[]> {
  try {
    return await explain(parseSearch(query, definitions));
  } catch (error) {
    throw error instanceof FhirError ? new ConfigError(`This search is refused: ${error.message}`) : error;
  }
}

/** Reads `Type?…`, `Patient/1/Type?…` or `?_type=…`, with or without the address of the server before it. */
export function parseSearch(query: string, definitions: Explaining['definitions']): SearchToExplain {
  const [path = '', ...search] = query.replace(/^https?:\/\/[^/]+\/fhir(?=[/?]|$)/, '').split('?');
  const segments = path.replace(/^\/|\/$/g, '').split('/');
  const none = () => {
    throw new ConfigError(`This is no search: ${USAGE}`);
  };
  const line = { method: 'GET', path: segments.map(decodeURIComponent), params: parseParams(search.join('?')) };
  const interaction = parseRequest({ ...line, hasBody: false, resource: none, patch: none }, definitions);
  if (interaction.code !== 'search-type' && interaction.code !== 'search-system') return none();
  const { _type, ...params } = interaction.params;
  const ofSystem = interaction.code === 'search-system';
  const named = typeof _type === 'string' && ofSystem ? _type.split(',') : definitions.resourceTypes;
  return {
    types: interaction.code === 'search-type' ? [interaction.resourceType] : named,
    params: ofSystem ? params : interaction.params,
    handling: 'strict',
    compartment: interaction.compartment && `Patient/${interaction.compartment.id}`,
  };
}

const isWholeRead = ({ stages, indexes }: ExplainedRead): boolean =>
  stages.includes('COLLSCAN') || indexes.length === 0;

/** One read of the database in words. */
export function describeRead(read: ExplainedRead): string {
  const { resourceType, filter, sort, hint, stages, pending, examined, returned, milliseconds } = read;
  const lines = [
    `${resourceType}: ${howItReads(read)}`,
    `  filter    ${JSON.stringify(filter)}`,
    `  order     ${sort ? JSON.stringify(sort) : 'sorted by the server: no index has it'}`,
    `  index     ${hint ? `${JSON.stringify(hint)}, asked for because no criterion has one of its own` : 'chosen by the planner'}`,
    `  plan      ${stages.join(' <- ')}`,
    `  rows      ${examined ?? 'an unknown number'} looked at for ${returned} found`,
    `  time      ${milliseconds.toFixed(1)} ms`,
    ...(pending.length > 0 ? [`  then      looked at one by one for ${pending.join(', ')}: it finds too many`] : []),
  ];
  return `${lines.join('\n')}\n`;
}

function howItReads(read: ExplainedRead): string {
  if (isWholeRead(read)) return 'reads the WHOLE COLLECTION; an index in src/definitions/indexes.ts would help';
  const { indexes, stages, examined = 0, returned } = read;
  const by = `reads the index ${[...new Set(indexes)].join(' and ')}`;
  const sorts = stages.includes('SORT') ? ', then sorts what it found' : ' in the order of the answer';
  const wasted = examined > 100 && examined > 10 * returned ? ', but passes over most of what it reads' : '';
  return `${by}${sorts}${wasted}`;
}
