/** The first layer: a resource against the compiled schema of its type, faults as findings (FHIR R4, json.html). */
import type { JsonObject } from '../../fhir/resource-content.ts';
import { type Finding, MOST_FINDINGS } from '../finding.ts';
import type { Shapes } from '../shape.ts';
import type { Validate } from '../validate.ts';
import { describeFault } from './describe-fault.ts';
import { locate } from './locate.ts';

/** An error as ajv reports it. */
export interface StructureError {
  /** JSON Pointer to the value, from the resource. */
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** A compiled check; like all of ajv's it leaves its errors on itself. */
export interface StructureCheck {
  (resource: unknown): boolean;
  readonly errors?: readonly StructureError[] | null;
}

/** By resource type. */
export type StructureChecks = ReadonlyMap<string, StructureCheck>;

export const createStructureLayer =
  (checks: StructureChecks, shapes: Shapes): Validate =>
  (resource) => {
    const check = checks.get(String(resource['resourceType']));
    if (!check || check(resource)) return [];
    return toFindings(check.errors ?? [], resource, shapes);
  };

/** One finding per fault: branches of the schema can tell of one twice. */
function toFindings(errors: readonly StructureError[], resource: JsonObject, shapes: Shapes): readonly Finding[] {
  const findings = new Map<string, Finding>();
  for (const error of errors) {
    const location = locate(error.instancePath, resource, shapes);
    const fault = describeFault(error, location);
    if (!fault) continue;
    const { expression, ...rest } = fault;
    const key = `${rest.id} ${expression}`;
    if (!findings.has(key)) findings.set(key, { severity: 'error', expression, ...rest });
    if (findings.size >= MOST_FINDINGS) break;
  }
  return [...findings.values()];
}
