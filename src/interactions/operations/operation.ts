/** Operations (FHIR R4, operations.html): found by name and level, given what their definitions allow. */
import { isForType, type OperationDeclaration } from '../../definitions/operations.ts';
import { methodNotAllowed, notServed } from '../../fhir/error.ts';
import type { FhirResponse, OperationInvocation } from '../../fhir/interaction.ts';
import { printable } from '../parse-path.ts';
import type { InteractionContext, InteractionHandler } from '../perform.ts';
import { everything } from './everything.ts';
import { immdsForecast } from './immds-forecast.ts';
import { type OperationInput, parseInput } from './input.ts';
import { meta } from './meta.ts';
import { metaAdd, metaDelete } from './meta-change.ts';
import { expand } from './terminology/expand.ts';
import { lookup } from './terminology/lookup.ts';
import { subsumes } from './terminology/subsumes.ts';
import { translate } from './terminology/translate.ts';
import { validateCode } from './terminology/validate-code.ts';
import { validate } from './validate.ts';

/** What an operation does. */
export type OperationHandler = (
  invocation: OperationInvocation,
  input: OperationInput,
  context: InteractionContext,
) => Promise<FhirResponse>;

const HANDLERS: Readonly<Record<string, OperationHandler>> = {
  validate,
  everything,
  meta,
  'meta-add': metaAdd,
  'meta-delete': metaDelete,
  lookup,
  subsumes,
  'validate-code': validateCode,
  expand,
  translate,
  'immds-forecast': immdsForecast,
};

export const operation: InteractionHandler<'operation'> = async (invocation, context) => {
  const { name, method } = invocation;
  const declaration = context.definitions.operation(name, invocation.resourceType);
  const handler = Object.hasOwn(HANDLERS, name) ? HANDLERS[name] : undefined;
  if (!declaration || !handler || !isAt(declaration, invocation)) throw notServed(unserved(invocation));
  if (method === 'GET' && declaration.affectsState) {
    throw methodNotAllowed(`$${name} changes resources, so it is asked for with POST.`, ['POST']);
  }
  return handler(invocation, parseInput(invocation, declaration), context);
};

/** Whether the operation is there at this level and for this type. */
function isAt(declaration: OperationDeclaration, { resourceType, id }: OperationInvocation): boolean {
  if (resourceType === undefined) return declaration.system;
  return isForType(declaration, resourceType) && (id === undefined ? declaration.type : declaration.instance);
}

function unserved({ name, resourceType, id }: OperationInvocation): string {
  const place =
    resourceType === undefined ? 'the system' : `${id === undefined ? '' : 'an instance of '}${resourceType}`;
  return `This server has no operation $${printable(name)} on ${place}.`;
}
