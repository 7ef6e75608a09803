/** Parameters resources as the terminology operations answer them (FHIR R4, parameters.html). */
import type { FhirResponse } from '../../../fhir/interaction.ts';

/** A parameter that is out: a value, or parts; undefined where it is left out. */
export interface OutParameter {
  readonly name: string;
  readonly part?: readonly OutParameter[];
  readonly [value: `value${string}`]: unknown;
}

export const parametersResponse = (parameters: readonly OutParameter[]): FhirResponse => ({
  status: 200,
  body: JSON.stringify({ resourceType: 'Parameters', parameter: parameters }),
});

/** The parameter, or nothing where there is no value. */
export const where = (name: string, type: `value${string}`, value: unknown): readonly OutParameter[] =>
  value === undefined ? [] : [{ name, [type]: value }];
