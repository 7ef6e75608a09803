/** Invariants of the resource types of a registry: people, organizations, vaccinations, groups, consent, audit (FHIR R4). */
import { parseDate } from '../../fhir/date.ts';
import { exists, existsChoice, type Invariant, invariant } from './invariant.ts';
import { isAfter } from './quantities.ts';

const pat1 = invariant('pat-1', 'A contact needs a name, telecom, address or organization.', (contact) =>
  exists(contact, 'name', 'telecom', 'address', 'organization'),
);
const org1 = invariant('org-1', 'An organization needs a name or an identifier.', (organization) =>
  exists(organization, 'identifier', 'name'),
);
const org2 = invariant('org-2', "An address of an organization can't be of use home.", ({ use }) => use !== 'home');
const org3 = invariant('org-3', "A telecom of an organization can't be of use home.", ({ use }) => use !== 'home');

const imm1 = invariant('imm-1', 'An education needs a documentType or a reference.', (education) =>
  exists(education, 'documentType', 'reference'),
);
const imr1 = invariant('imr-1', 'A recommendation needs a vaccineCode or a targetDisease.', (recommendation) =>
  exists(recommendation, 'vaccineCode', 'targetDisease'),
);

const grp1 = invariant(
  'grp-1',
  'Only a group that is actual has members.',
  (group) => !exists(group, 'member') || group['actual'] !== false,
);
const ppc1 = invariant('ppc-1', 'A consent needs a policy or a policyRule.', (consent) =>
  exists(consent, 'policy', 'policyRule'),
);
const sev1 = invariant(
  'sev-1',
  'An entity has a name or a query, not both.',
  (entity) => !exists(entity, 'name') || !exists(entity, 'query'),
);
const taskInv1 = invariant('inv-1', 'A task must not be modified last before it was authored.', (task) => {
  const [modified, authored] = [task['lastModified'], task['authoredOn']];
  return typeof modified !== 'string' || typeof authored !== 'string' || !isBefore(modified, authored);
});
const parameterInv1 = invariant(
  'inv-1',
  'A parameter has exactly one of value, resource and part.',
  (parameter) =>
    [exists(parameter, 'part'), existsChoice(parameter, 'value'), exists(parameter, 'resource')].filter(Boolean)
      .length === 1,
);

function isBefore(left: string, right: string): boolean {
  const [earlier, later] = [parseDate(left), parseDate(right)];
  return earlier !== undefined && later !== undefined && isAfter(later, earlier);
}

export const registryInvariants: readonly (readonly [string, readonly Invariant[]])[] = [
  ['Patient.contact', [pat1]],
  ['Organization', [org1]],
  ['Organization.address', [org2]],
  ['Organization.telecom', [org3]],
  ['Immunization.education', [imm1]],
  ['ImmunizationRecommendation.recommendation', [imr1]],
  ['Group', [grp1]],
  ['Consent', [ppc1]],
  ['AuditEvent.entity', [sev1]],
  ['Task', [taskInv1]],
  ['Parameters.parameter', [parameterInv1]],
];
