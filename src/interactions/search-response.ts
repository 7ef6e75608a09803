/** A page of a search as a Bundle (FHIR R4, bundle.html#searchset): stored texts joined as they are, or parts of them. */
import { type BundleLink, formatBundle } from '../fhir/bundle.ts';
import type { OutcomeIssue } from '../fhir/error.ts';
import type { FhirResponse } from '../fhir/interaction.ts';
import { buildOutcome } from '../fhir/outcome.ts';
import { subsetResource, type View } from '../fhir/subset.ts';
import type { InteractionContext } from './perform.ts';
import type { FoundPage, FoundResource } from './ports.ts';

export function searchResponse(
  page: FoundPage,
  { definitions }: Pick<InteractionContext, 'definitions'>,
): FhirResponse {
  const { entries, numberOfResults, view, issues = [] } = page;
  const formatted = entries.map((entry) => formatEntry(entry, view, definitions));
  return {
    status: 200,
    body: formatBundle({
      type: 'searchset',
      ...(numberOfResults < 0 ? {} : { total: numberOfResults }),
      links: linksOf(page),
      entries: issues.length > 0 ? [...formatted, formatIssues(issues)] : formatted,
    }),
  };
}

function formatEntry(
  { fullUrl, resource, search }: FoundResource,
  view: View | undefined,
  { elementMarks }: InteractionContext['definitions'],
): string {
  const body =
    view && isCut(view, search.mode)
      ? subsetResource(resource.body, view, elementMarks(resource.resourceType))
      : resource.body;
  return `{"fullUrl":${JSON.stringify(fullUrl)},"resource":${body},"search":{"mode":"${search.mode}"}}`;
}

/** "The list of elements does not apply to included resources" (search.html#elements). */
const isCut = (view: View, mode: FoundResource['search']['mode']): boolean =>
  mode === 'match' || view.kind !== 'elements';

/** It has no identity of its own, so it has no fullUrl either. */
const formatIssues = (issues: readonly OutcomeIssue[]): string =>
  `{"resource":${JSON.stringify(buildOutcome(issues))},"search":{"mode":"outcome"}}`;

function linksOf({ selfUrl, firstResultUrl, previousResultUrl, nextResultUrl }: FoundPage): readonly BundleLink[] {
  const links = { self: selfUrl, first: firstResultUrl, previous: previousResultUrl, next: nextResultUrl };
  return (['self', 'first', 'previous', 'next'] as const).flatMap((relation) => {
    const url = links[relation];
    return url === undefined ? [] : [{ relation, url }];
  });
}
