/** The permissions that each interaction needs (SMART App Launch 2.2, scopes-and-launch-context.html#scopes-for-requesting-fhir-resources). */
import type { Interaction, InteractionCode, OperationInvocation } from '../fhir/interaction.ts';
import type { Patch } from '../fhir/patch.ts';
import type { Permission } from './scope.ts';

/** All needs of an interaction must be met. */
export interface Need {
  readonly permission: Permission;
  /** Undefined: any type will do, and what is seen is limited type by type. */
  readonly resourceType: string | undefined;
}

type ByCode = { readonly [Code in InteractionCode]: (interaction: Extract<Interaction, { code: Code }>) => Needs };
type Needs = readonly Need[];
type OfType = { readonly resourceType: string };

const one =
  (permission: Permission) =>
  ({ resourceType }: OfType): Needs => [{ permission, resourceType }];

/** A condition finds what is stored, so it is a search too. */
const conditional =
  (permission: Permission) =>
  ({ resourceType }: OfType): Needs => [
    { permission, resourceType },
    { permission: 's', resourceType },
  ];

/** Whether the patient whose compartment is searched is there is told by it. */
const ownerOf = ({ compartment }: { readonly compartment?: OfType }): Needs =>
  compartment ? one('r')(compartment) : [];

/** A patch that tests a value tells it to whoever asks often enough. */
const testing = ({ patch, resourceType }: OfType & { readonly patch: Patch }): Needs =>
  patch.language === 'json-patch' && patch.operations.some(({ op }) => op === 'test')
    ? [{ permission: 'r', resourceType }]
    : [];

/** A batch or transaction needs nothing of its own: each entry needs what it needs alone. */
const nothing = (): Needs => [];

const BY_CODE: ByCode = {
  read: one('r'),
  vread: one('r'),
  'history-instance': one('r'),
  create: (interaction) => (interaction.ifNoneExist ? conditional('c') : one('c'))(interaction),
  update: one('u'),
  'conditional-update': conditional('u'),
  patch: (interaction) => [...one('u')(interaction), ...testing(interaction)],
  'conditional-patch': (interaction) => [...conditional('u')(interaction), ...testing(interaction)],
  delete: one('d'),
  'conditional-delete': conditional('d'),
  'search-type': (interaction) => [...one('s')(interaction), ...ownerOf(interaction)],
  'search-system': (interaction) => [{ permission: 's', resourceType: undefined }, ...ownerOf(interaction)],
  'history-type': one('s'),
  'history-system': () => [{ permission: 's', resourceType: undefined }],
  batch: nothing,
  transaction: nothing,
  capabilities: nothing,
  operation: (invocation) => OPERATIONS[invocation.name]?.(invocation) ?? [],
};

export function needsOf(interaction: Interaction): Needs {
  const needs = BY_CODE[interaction.code] as (asked: Interaction) => Needs;
  return needs(interaction);
}

/** Of the resource where there is one, else of what the operation goes over. */
const labels = ({ resourceType, id }: OperationInvocation): Needs => [
  { permission: id === undefined ? 's' : 'r', resourceType },
];

/** By an operation's code. An operation that is not here can't be served (`hasNeeds`). */
const OPERATIONS: Readonly<Record<string, (invocation: OperationInvocation) => Needs>> = {
  // About the content that is sent, or what is stored under the id.
  validate: ({ resourceType, id }) => (id === undefined ? [] : [{ permission: 'r', resourceType }]),
  everything: ({ resourceType }) => [{ permission: 'r', resourceType }],
  meta: labels,
  'meta-add': ({ resourceType }) => [{ permission: 'u', resourceType }],
  'meta-delete': ({ resourceType }) => [{ permission: 'u', resourceType }],
  // Over what is sent, or over the stored record: without its doses the answer would be wrong.
  'immds-forecast': ({ id }) =>
    id === undefined
      ? []
      : [
          { permission: 'r', resourceType: 'Patient' },
          { permission: 's', resourceType: 'Immunization' },
        ],
  lookup: nothing,
  subsumes: nothing,
  'validate-code': nothing,
  expand: nothing,
  translate: nothing,
};

/** Whether it is declared what an operation needs; a server does not start with one that is not. */
export const hasNeeds = (operation: string): boolean => Object.hasOwn(OPERATIONS, operation);
