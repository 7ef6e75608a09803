/** CodeSystem/$subsumes: how two codes stand to each other (FHIR R4, codesystem-operation-subsumes.html). */
import { badValue, notFound } from '../../../fhir/error.ts';
import { printable } from '../../parse-path.ts';
import type { OperationInput } from '../input.ts';
import type { OperationHandler } from '../operation.ts';
import { askedCodeSystem, codingOf } from './asked.ts';
import { parametersResponse } from './parameters.ts';

export const subsumes: OperationHandler = async (invocation, input, context) => {
  const [a, b] = [codeOf(input, 'A'), codeOf(input, 'B')];
  const coding = codingOf(input, 'codingA') ?? codingOf(input, 'codingB');
  const terminology = await context.ports.terminology.current();
  const system = await askedCodeSystem({ invocation, input, context, terminology }, { url: 'system', coding });
  for (const name of ['codingA', 'codingB']) {
    const own = codingOf(input, name)?.system;
    if (own !== undefined && terminology.codeSystem(own)?.url !== system.url) {
      throw badValue(`${name} is of another code system than ${system.url}.`, `http.${name}`);
    }
  }
  for (const code of [a, b]) {
    if (!system.concept(code)) throw notFound(`${printable(code)} is no code of ${system.url}.`);
  }
  return parametersResponse([{ name: 'outcome', valueCode: system.subsumes(a, b) }]);
};

function codeOf(input: OperationInput, which: 'A' | 'B'): string {
  const code = input.text(`code${which}`);
  const coding = codingOf(input, `coding${which}`);
  if (code !== undefined && coding !== undefined) {
    throw badValue(`Give code${which} or coding${which}, not both.`, `http.coding${which}`);
  }
  const found = code ?? coding?.code;
  if (found === undefined) throw badValue(`The parameter code${which} is required.`, `http.code${which}`);
  return found;
}
