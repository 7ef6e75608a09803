/** Runs the layers of validation over a resource, each on what the layers before it let through (FHIR R4, validation.html). */
import type { JsonObject } from '../fhir/resource-content.ts';
import { type Finding, isError } from './finding.ts';

export interface ValidationOptions {
  /** `bulk` stops after the first layer with an error, `full` gathers the findings of all layers. */
  readonly mode: 'bulk' | 'full';
  /** Whether references may be conditional (`Patient?identifier=…`), as in the entries of a transaction (http.html#trules). */
  readonly allowsConditionalReferences?: boolean;
  /** Canonicals of profiles that the resource itself is to be held to, beside those that it claims or that the policy names. */
  readonly profiles?: readonly string[];
  /** What becomes of what the policy only warns of; as it says, where nothing is said. */
  readonly rigour?: Rigour;
}

/** `strict`: what the policy warns of refuses too. `examine`: every finding is told as gravely as its rule says. */
export type Rigour = 'strict' | 'examine';

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
