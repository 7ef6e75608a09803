/** All invariants that are functions, by the path that has them (FHIR R4, conformance-rules.html#constraints). */
import { bundleInvariants } from './bundle.ts';
import { capabilityStatementInvariants } from './capability-statement.ts';
import { clinicalInvariants } from './clinical.ts';
import { dataTypeInvariants } from './data-types.ts';
import type { InvariantTable } from './invariant.ts';
import { quantityInvariants } from './quantities.ts';
import { registryInvariants } from './registry.ts';
import { terminologyInvariants } from './terminology.ts';
import { timingInvariants } from './timing.ts';

export const invariants: InvariantTable = new Map([
  ...bundleInvariants,
  ...capabilityStatementInvariants,
  ...clinicalInvariants,
  ...dataTypeInvariants,
  ...quantityInvariants,
  ...registryInvariants,
  ...terminologyInvariants,
  ...timingInvariants,
]);
