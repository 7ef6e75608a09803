/**
 * $validate-code: whether a code is in a code system or a value set (FHIR R4, codesystem-operation-validate-code.html,
 * valueset-operation-validate-code.html).
 */
import type { CodeableConcept, Coding } from '@medplum/fhirtypes';
import { badValue, notFound } from '../../../fhir/error.ts';
import type { FhirResponse } from '../../../fhir/interaction.ts';
import { displaysOf, isOneOf } from '../../../terminology/check.ts';
import { mayBeNew } from '../../../terminology/growing-systems.ts';
import type { CompiledCodeSystem, CompiledValueSet, Terminology } from '../../../terminology/terminology.ts';
import { printable } from '../../parse-path.ts';
import type { OperationInput } from '../input.ts';
import type { OperationHandler } from '../operation.ts';
import { askedCodeSystem, askedValueSet, codingOf, conceptOf, flag, onlyOne } from './asked.ts';
import { editionOf } from './lookup.ts';
import { parametersResponse, where } from './parameters.ts';

/** What became of one coding: valid, or why not; remarks may stand beside what is valid. */
interface Verdict {
  readonly result: boolean;
  readonly message?: string;
  readonly display?: string | undefined;
}

export const validateCode: OperationHandler = (invocation, input, context) =>
  invocation.resourceType === 'CodeSystem'
    ? inCodeSystem(invocation, input, context)
    : inValueSet(invocation, input, context);

const WAYS = ['code', 'coding', 'codeableConcept'] as const;

const inCodeSystem: OperationHandler = async (invocation, input, context) => {
  onlyOne(input, WAYS);
  const codings = codingsOf(input);
  const terminology = await context.ports.terminology.current();
  const coding = codings.find(({ system }) => system !== undefined);
  const system = await askedCodeSystem({ invocation, input, context, terminology }, { url: 'url', coding });
  const options = { abstract: flag(input, 'abstract') };
  return answer(
    codings.map((entry) => {
      const url = entry.system === undefined ? system.url : terminology.codeSystem(entry.system)?.url;
      const isOther = url !== system.url;
      return isOther
        ? refused(`${entry.system} is another code system than ${system.url}.`)
        : judge(entry, system, options);
    }),
  );
};

const inValueSet: OperationHandler = async (invocation, input, context) => {
  onlyOne(input, WAYS);
  if (input.text('code') !== undefined && input.text('system') === undefined) {
    throw badValue('A code needs its system.', 'http.system');
  }
  const codings = codingsOf(input);
  const terminology = await context.ports.terminology.current();
  const valueSet = await askedValueSet({ invocation, input, context, terminology });
  checkVersion(input, terminology);
  const options = { abstract: flag(input, 'abstract') };
  return answer(codings.map((entry) => judgeMember(entry, valueSet, { terminology, ...options })));
};

/** @throws FhirError 404 where the code system is here in another version than the one asked for */
function checkVersion(input: OperationInput, terminology: Terminology): void {
  const [system, version] = [input.text('system'), input.text('systemVersion')];
  if (system === undefined || version === undefined || terminology.codeSystem(`${system}|${version}`)) return;
  throw notFound(`This server has no code system ${system.slice(0, 256)} in version ${version.slice(0, 64)}.`);
}

function codingsOf(input: OperationInput): readonly Coding[] {
  const code = input.text('code');
  if (code !== undefined) {
    const system = input.text('system');
    const display = input.text('display');
    return [{ code, ...(system === undefined ? {} : { system }), ...(display === undefined ? {} : { display }) }];
  }
  const coding = codingOf(input, 'coding');
  const concept: CodeableConcept | undefined = conceptOf(input, 'codeableConcept');
  return coding ? [coding] : (concept?.coding ?? []);
}

/** One valid coding makes the concept valid; otherwise every reason is told. */
function answer(verdicts: readonly Verdict[]): FhirResponse {
  const valid = verdicts.find(({ result }) => result);
  const [first = refused('There is no coding.')] = verdicts;
  const reasons = verdicts.flatMap(({ message }) => message ?? []);
  const message = valid ? valid.message : reasons.join(' ') || first.message;
  return parametersResponse([
    { name: 'result', valueBoolean: valid !== undefined },
    ...where('message', 'valueString', message),
    ...where('display', 'valueString', (valid ?? verdicts.find(({ display }) => display !== undefined))?.display),
  ]);
}

const refused = (message: string, display?: string): Verdict => ({ result: false, message, display });

function judge(
  { code = '', display }: Coding,
  system: CompiledCodeSystem,
  { abstract }: { readonly abstract: boolean | undefined },
): Verdict {
  const concept = system.concept(code);
  if (!concept) return refused(unknownCode(code, system));
  const displays = displaysOf(concept);
  if (display !== undefined && !isOneOf(display, displays)) return wrongDisplay(displays);
  if (concept.abstract && abstract === false)
    return refused(`${concept.code} is abstract: it only groups other codes.`);
  return { result: true, display: concept.display, ...remark(concept) };
}

const remark = ({
  code,
  inactive,
}: {
  readonly code: string;
  readonly inactive: boolean;
}): { readonly message?: string } =>
  inactive ? { message: `${code} is inactive. It is valid; new records have another code as a rule.` } : {};

function unknownCode(code: string, system: CompiledCodeSystem): string {
  const base = `${printable(code)} is no code of ${system.url}${editionOf(system)}.`;
  return mayBeNew(system, code) ? `${base} It is well-formed, so it may be newer than what is here.` : base;
}

const wrongDisplay = (displays: readonly string[]): Verdict =>
  refused(`The display is not the one of the code; it is "${displays[0] ?? ''}".`, displays[0]);

interface Judging {
  readonly terminology: Terminology;
  readonly abstract: boolean | undefined;
}

function judgeMember(coding: Coding, valueSet: CompiledValueSet, { terminology, abstract }: Judging): Verdict {
  const { system, code = '', display } = coding;
  if (system === undefined) return refused('A coding without a system is in no value set.');
  const codeSystem = terminology.codeSystem(system);
  const concept = codeSystem?.concept(code);
  if (valueSet.contains(system, code) !== 'in') return notMember(coding, valueSet, codeSystem);
  const member = valueSet.member(system, code);
  const displays = displaysOf(concept, member);
  if (display !== undefined && !isOneOf(display, displays)) return wrongDisplay(displays);
  if (concept?.abstract && abstract === false)
    return refused(`${concept.code} is abstract: it only groups other codes.`);
  return { result: true, display: displays[0], ...(concept ? remark(concept) : {}) };
}

function notMember(
  { system = '', code = '' }: Coding,
  valueSet: CompiledValueSet,
  codeSystem: CompiledCodeSystem | undefined,
): Verdict {
  const isKnown = codeSystem?.concept(code) !== undefined;
  const reasons = [
    ...(codeSystem && !isKnown ? [unknownCode(code, codeSystem)] : []),
    valueSet.contains(system, code) === 'undecided'
      ? `Whether it is in the value set ${nameOf(valueSet)} can't be decided here. ${valueSet.obstacles.join(' ')}`.trim()
      : `${printable(code)} of ${system.slice(0, 256)} is not in the value set ${nameOf(valueSet)}.`,
  ];
  return refused(reasons.join(' '));
}

const nameOf = ({ url, title, name }: CompiledValueSet): string => url ?? title ?? name ?? 'that was given';
