/** Literal references (FHIR R4, references.html#literal). */
import { isLogicalId } from './resource-content.ts';

export interface LiteralReference {
  readonly resourceType: string;
  readonly id: string;
  readonly versionId?: string;
}

const RELATIVE = /^([A-Z][A-Za-z]{1,63})\/([^/]+)(?:\/_history\/([^/]+))?$/;

/** Reads `Type/id` or `Type/id/_history/version`; undefined for anything else. */
export function parseReference(text: string): LiteralReference | undefined {
  const [, resourceType, id, versionId] = RELATIVE.exec(text) ?? [];
  if (!resourceType || !id || !isLogicalId(id)) return undefined;
  return { resourceType, id, ...(versionId ? { versionId } : {}) };
}

export const formatReference = ({ resourceType, id, versionId }: LiteralReference): string =>
  versionId ? `${resourceType}/${id}/_history/${versionId}` : `${resourceType}/${id}`;
