/** Bundle entries as interactions (FHIR R4, http.html#transaction). */
import type { BundleEntry, EntryRequest } from '../fhir/bundle.ts';
import { badRequest, badStructure, FhirError } from '../fhir/error.ts';
import type { Interaction } from '../fhir/interaction.ts';
import type { ResourceContent } from '../fhir/resource-content.ts';
import { parseParams } from '../fhir/search-params.ts';
import { parseEntryPatch } from './parse-patch.ts';
import { parseRequest } from './parse-request.ts';
import type { InteractionContext } from './perform.ts';

/** The interaction that an entry asks for. @throws FhirError whose expression names the entry. */
export function parseEntry(
  entry: BundleEntry,
  index: number,
  { baseUrl, definitions }: Pick<InteractionContext, 'baseUrl' | 'definitions'>,
): Interaction {
  return atEntry(index, () => {
    const { request, resource, fault } = entry;
    if (fault) throw fault;
    if (!request) throw badStructure('The entry has no request.');
    const [path, query] = splitUrl(request, baseUrl);
    const interaction = parseRequest(
      {
        method: request.method,
        path,
        params: parseParams(query),
        ifMatch: request.ifMatch,
        ifNoneMatch: request.ifNoneMatch,
        ifModifiedSince: request.ifModifiedSince,
        ifNoneExist: request.ifNoneExist,
        hasBody: resource !== undefined,
        resource: () => content(entry),
        patch: () => parseEntryPatch(content(entry)),
      },
      definitions,
    );
    if (interaction.code !== 'batch' && interaction.code !== 'transaction') return interaction;
    throw badRequest('An entry cannot be another batch or transaction.');
  });
}

function content({ resource, request }: BundleEntry): ResourceContent {
  if (resource) return resource;
  throw badStructure(`A ${request?.method} entry needs a resource.`);
}

function splitUrl({ url }: EntryRequest, baseUrl: string): [path: string[], query: string] {
  const isAbsolute = url.startsWith(`${baseUrl}/`) || url.startsWith(`${baseUrl}?`);
  const relative = (isAbsolute ? url.slice(baseUrl.length) : url).replace(/^\//, '');
  const [path = '', ...query] = relative.split('?');
  return [path.split('/'), query.join('?')];
}

/** Runs `work`; a refusal in it comes out with the entry it is about. */
export function atEntry<Result>(index: number, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw blame(error, index);
  }
}

/** The same refusal, its issues pointing at the entry. */
export function blame(error: unknown, index: number): unknown {
  if (!(error instanceof FhirError)) return error;
  const place = `Bundle.entry[${index}]`;
  const issues = error.issues.map((issue) => ({
    ...issue,
    expression: issue.expression?.map((path) => (path.startsWith('Bundle.') ? path : within(place, path))) ?? [place],
  }));
  return new FhirError(error.status, issues, error.hints);
}

/** `Patient.name` of an entry is `Bundle.entry[0].resource.name`; what is no element path points at its request. */
function within(place: string, path: string): string {
  if (path.startsWith('http')) return `${place}.request`;
  const element = /^[A-Z]\w*\.(.+)$/.exec(path)?.[1];
  return element ? `${place}.resource.${element}` : `${place}.resource`;
}
