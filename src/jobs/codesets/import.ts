/** Takes new editions of CDC's code sets in: all of them or, where one is broken, none (docs/terminology.md). */
import type { BundleEntry } from '../../fhir/bundle.ts';
import { FhirError } from '../../fhir/error.ts';
import { parseResource } from '../../fhir/resource-content.ts';
import type { Caller, Perform } from '../../interactions/perform.ts';
import { type AffectedDoses, countAffected } from './affected.ts';
import type { CdcResource } from './build.ts';
import { type ImportInput, type ImportPlan, planImport } from './plan.ts';

export interface CodeSetImport extends Omit<ImportInput, 'current'> {
  readonly perform: Perform;
  readonly caller: Caller;
  /** Whether several writes can be one unit. */
  readonly hasTransactions: boolean;
  /** Whether to tell what would be done, and do nothing. */
  readonly dryRun: boolean;
  /** What the server came with, where the database does not have it. */
  readonly builtIn: (resourceType: string, id: string) => CdcResource | undefined;
  readonly progress: (done: number, total: number) => void;
}

export interface ImportResult extends Pick<ImportPlan, 'changes' | 'unchanged'> {
  readonly dryRun: boolean;
  readonly affected: readonly AffectedDoses[];
}

/** @throws BrokenSource where a file can't be taken: then nothing was written */
export async function importCodeSets(request: CodeSetImport): Promise<ImportResult> {
  const { perform, caller, dryRun, progress } = request;
  const plan = await planImport({ ...request, current: (type, id) => currentEdition(request, type, id) });
  const { changes, unchanged, resources } = plan;
  const affected = await countAffected(changes, { perform, caller, resources, progress });
  if (!dryRun && resources.length > 0) await write(request, resources);
  return { dryRun, changes, unchanged, affected };
}

/** Undefined where it was deleted. */
async function currentEdition(
  { perform, caller, builtIn }: CodeSetImport,
  resourceType: CdcResource['resourceType'],
  id: string,
): Promise<CdcResource | undefined> {
  try {
    const { stored } = await perform({ code: 'read', resourceType, id }, caller);
    return JSON.parse(stored?.body ?? '{}') as CdcResource;
  } catch (error) {
    if (!(error instanceof FhirError) || ![404, 410].includes(error.status)) throw error;
    return error.status === 404 ? builtIn(resourceType, id) : undefined;
  }
}

async function write(
  { perform, caller, hasTransactions }: CodeSetImport,
  resources: readonly CdcResource[],
): Promise<void> {
  if (hasTransactions) {
    await perform({ code: 'transaction', bundle: { type: 'transaction', entries: resources.map(toEntry) } }, caller);
    return;
  }
  for (const resource of resources) {
    const { resourceType, id = '' } = resource;
    await perform({ code: 'update', resourceType, id, resource: parseResource(JSON.stringify(resource)) }, caller);
  }
}

function toEntry(resource: CdcResource): BundleEntry {
  const url = `${resource.resourceType}/${resource.id}`;
  const conditions = { ifMatch: undefined, ifNoneExist: undefined, ifNoneMatch: undefined, ifModifiedSince: undefined };
  return {
    fullUrl: undefined,
    resource: parseResource(JSON.stringify(resource)),
    request: { method: 'PUT', url, ...conditions },
  };
}
