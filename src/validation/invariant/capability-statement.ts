/** Invariants of CapabilityStatement (FHIR R4, capabilitystatement.html). */
import type { JsonObject } from '../../fhir/resource-content.ts';
import { asIdentifier } from './clinical.ts';
import { areDistinct, brokenIn, exists, type Invariant, invariant, invariantWithin, objectsOf } from './invariant.ts';

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const isOfKind = ({ kind }: JsonObject, wanted: string): boolean => kind === wanted;

const cpb1 = invariant('cpb-1', 'A CapabilityStatement needs rest, messaging or document.', (statement) =>
  exists(statement, 'rest', 'messaging', 'document'),
);
const cpb2 = invariant('cpb-2', 'A CapabilityStatement needs a description, software or implementation.', (statement) =>
  exists(statement, 'description', 'software', 'implementation'),
);
const cpb3 = invariantWithin('cpb-3', 'Only an instance has messaging endpoints.', (statement) =>
  isOfKind(statement, 'instance') ? [] : brokenIn(statement, 'messaging', (messaging) => exists(messaging, 'endpoint')),
);
const cpb7 = invariant('cpb-7', 'No two documents may have the same profile and mode.', (statement) =>
  areDistinct(
    objectsOf(statement, 'document').map(({ profile, mode }) => JSON.stringify([textOf(profile), textOf(mode)])),
  ),
);
const cpb9 = invariant('cpb-9', 'A resource type may be described once only.', (rest) =>
  areDistinct(objectsOf(rest, 'resource').map(({ type }) => (typeof type === 'string' ? type : undefined))),
);
const cpb12 = invariant('cpb-12', 'The names of search parameters must be unique.', (resource) =>
  areDistinct(objectsOf(resource, 'searchParam').map(({ name }) => (typeof name === 'string' ? name : undefined))),
);
const cpb14 = invariant(
  'cpb-14',
  'Of kind instance, an implementation must be there.',
  (statement) => !isOfKind(statement, 'instance') || exists(statement, 'implementation'),
);
const cpb15 = invariant(
  'cpb-15',
  'Of kind capability, software must be there and an implementation must not.',
  (statement) =>
    !isOfKind(statement, 'capability') || (!exists(statement, 'implementation') && exists(statement, 'software')),
);
const cpb16 = invariant(
  'cpb-16',
  'Of kind requirements, software and implementation must not be there.',
  (statement) => !isOfKind(statement, 'requirements') || !exists(statement, 'implementation', 'software'),
);

export const capabilityStatementInvariants: readonly (readonly [string, readonly Invariant[]])[] = [
  ['CapabilityStatement', [asIdentifier('cpb-0', 'CapabilityStatement'), cpb1, cpb2, cpb3, cpb7, cpb14, cpb15, cpb16]],
  ['CapabilityStatement.rest', [cpb9]],
  ['CapabilityStatement.rest.resource', [cpb12]],
];
