/** Runs the layers of validation over a resource, each on what the layers before it let through (FHIR R4, validation.html). */
import type { JsonObject } from '../fhir/resource-content.ts';
import { type Finding, isError } from './finding.ts';

export interface ValidationOptions {
  /** `bulk` stops after the first layer with an error, `full` gathers the findings of all layers. */
  readonly mode: 'bulk' | 'full';
  /** Whether references may be conditional (`Patient?identifier=…`), as in the entries of a transaction (http.html#trules). */
  readonly allowsConditionalReferences?: boolean;
}

/** Finds what is wrong with a resource; empty where nothing is. It never throws, whatever JSON it is given. */
export type Validate = (resource: JsonObject, options: ValidationOptions) => readonly Finding[];

/** @param layers in the order in which they run; each is a validation of its own. */
export function createValidator(layers: readonly Validate[]): Validate {
  return (resource, options) => {
    const findings: Finding[] = [];
    for (const layer of layers) {
      const found = layer(resource, options);
      for (const finding of found) findings.push(finding);
      if (options.mode === 'bulk' && found.some(isError)) break;
    }
    return findings;
  };
}
