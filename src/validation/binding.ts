/** Codes held to the value sets that an element is bound to (FHIR R4, terminologies.html#strength). */
import type { CodeableConcept, Coding, ElementDefinition, Quantity } from '@medplum/fhirtypes';
import { isObject } from '../fhir/resource-content.ts';
import type { CodeOutcome, Terminology } from '../terminology/terminology.ts';
import type { Finding } from './finding.ts';

export type BindingStrength = 'required' | 'extensible' | 'preferred';

/** What the codes of an element must be, should be, and may be at most. */
export interface Binding {
  readonly strength: BindingStrength;
  readonly valueSet: string;
  /** Whatever the strength, no code outside of this one. */
  readonly maxValueSet?: string;
}

/** A value that codes are in, and its type. */
export interface CodedValue {
  readonly value: unknown;
  readonly type: string;
  /** The `_name` sibling of a primitive. */
  readonly companion?: unknown;
}

/** What is wrong; `at` is the way from the element to the part at fault, such as `coding[1]`. */
export interface BindingFault extends Omit<Finding, 'expression' | 'layer'> {
  readonly at?: string;
}

const MAX_VALUE_SET = 'http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet';
const ABSENT_REASON = 'http://hl7.org/fhir/StructureDefinition/data-absent-reason';
const ABSENT_REASONS = 'http://terminology.hl7.org/CodeSystem/data-absent-reason';
const QUANTITIES: ReadonlySet<string> = new Set(['Quantity', 'Age', 'Count', 'Distance', 'Duration']);
const PRIMITIVES: ReadonlySet<string> = new Set(['code', 'string', 'uri', 'url', 'canonical', 'id', 'markdown']);

/** The binding of an element; undefined where its codes are examples, or come from no value set. */
export function bindingOf({ binding }: Pick<ElementDefinition, 'binding'>): Binding | undefined {
  const { strength, valueSet } = binding ?? {};
  if (!binding || valueSet === undefined || strength === undefined || strength === 'example') return undefined;
  const max = (binding.extension ?? []).find(({ url }) => url === MAX_VALUE_SET);
  const maxValueSet = max?.valueCanonical ?? max?.valueUri;
  return { strength, valueSet, ...(maxValueSet === undefined ? {} : { maxValueSet }) };
}

/** What a binding says of a value; empty where it agrees, or where there is nothing that has codes. */
export function checkBinding(binding: Binding, value: CodedValue, terminology: Terminology): readonly BindingFault[] {
  const held = hold(binding.valueSet, value, terminology);
  if (!held) return [];
  const found = [...judge(binding, held, terminology), ...remarks(held)];
  if (binding.maxValueSet === undefined || binding.strength === 'required') return found;
  const most = hold(binding.maxValueSet, value, terminology);
  return most?.whole.kind === 'not-in-value-set' ? [...found, outside(binding.maxValueSet, 'binding-max')] : found;
}

/** The codes of a value, each held to the value set, and what that means for the whole. */
interface Held {
  readonly whole: CodeOutcome;
  readonly codings: readonly Coding[];
  readonly outcomes: readonly CodeOutcome[];
}

function hold(valueSet: string, coded: CodedValue, terminology: Terminology): Held | undefined {
  const { value, type, companion } = coded;
  if (isAbsentForAReason(value) || isAbsentForAReason(companion)) return undefined;
  if (typeof value === 'string') return PRIMITIVES.has(type) ? holdCode(valueSet, value, terminology) : undefined;
  if (!isObject(value)) return undefined;
  if (type === 'CodeableConcept') return holdConcept(valueSet, value as CodeableConcept, terminology);
  if (type === 'Coding') return holdCoding(valueSet, value as Coding, terminology);
  return QUANTITIES.has(type) ? holdUnit(valueSet, value as Quantity, terminology) : undefined;
}

/** The coded unit of a quantity is what its binding is about. */
function holdUnit(valueSet: string, { system, code }: Quantity, terminology: Terminology): Held | undefined {
  if (code === undefined) return undefined;
  return holdCoding(valueSet, system === undefined ? { code } : { system, code }, terminology);
}

/** `data-absent-reason` stands for the code (US Core, general-guidance.html#missing-data). */
function isAbsentForAReason(value: unknown): boolean {
  const extensions = isObject(value) ? value['extension'] : undefined;
  return Array.isArray(extensions) && extensions.some((one) => isObject(one) && one['url'] === ABSENT_REASON);
}

function holdCode(valueSet: string, code: string, terminology: Terminology): Held {
  return { whole: terminology.checkCode({ valueSet }, code), codings: [{ code }], outcomes: [] };
}

function holdCoding(valueSet: string, coding: Coding, terminology: Terminology): Held {
  const whole = terminology.checkCoding({ valueSet }, coding);
  return { whole, codings: [coding], outcomes: [whole] };
}

function holdConcept(valueSet: string, concept: CodeableConcept, terminology: Terminology): Held {
  const { whole, codings } = terminology.checkCodeableConcept({ valueSet }, concept);
  return { whole, codings: concept.coding ?? [], outcomes: codings };
}

const SEVERITY = { required: 'error', extensible: 'warning', preferred: 'information' } as const;

function judge(binding: Binding, held: Held, terminology: Terminology): readonly BindingFault[] {
  const { strength, valueSet } = binding;
  switch (held.whole.kind) {
    case 'not-in-value-set':
    case 'unknown-system':
      return isLeftOpen(strength, held, terminology) ? [] : [outside(valueSet, `binding-${strength}`, strength)];
    case 'unknown-code':
      return [unknownCode(held.whole, strength)];
    case 'undecided':
    case 'unknown-value-set':
      return strength === 'required' ? [notChecked(valueSet)] : [];
    default:
      return [];
  }
}

/** Where a value set may be extended: by text alone, by why there is no code, by a code of a system that is not known here. */
function isLeftOpen(strength: BindingStrength, { codings }: Held, terminology: Terminology): boolean {
  if (strength === 'required') return false;
  return codings.every(
    ({ system }) => system === ABSENT_REASONS || (system !== undefined && !terminology.codeSystem(system)),
  );
}

const outside = (valueSet: string, id: string, strength: BindingStrength = 'required'): BindingFault => ({
  severity: SEVERITY[strength],
  code: 'code-invalid',
  id,
  message:
    strength === 'required'
      ? `A code of the value set ${valueSet} is needed there.`
      : `A code of the value set ${valueSet} should be used there, where one applies.`,
});

const notChecked = (valueSet: string): BindingFault => ({
  severity: 'information',
  code: 'not-supported',
  id: 'binding-not-checked',
  message: `Whether the code is in the value set ${valueSet} can’t be said here.`,
});

/** A code that CDC may have added since is no fault; one that its system does not have is. */
function unknownCode(
  { system, mayBeNew }: Extract<CodeOutcome, { kind: 'unknown-code' }>,
  strength: BindingStrength,
): BindingFault {
  const severity = strength === 'required' && !mayBeNew ? 'error' : 'warning';
  return { severity, code: 'code-invalid', id: 'code-unknown', message: `The code is not one of ${system}.` };
}

/** What is to be said of single codings, whatever the whole is. */
function remarks({ whole, outcomes }: Held): readonly BindingFault[] {
  if (whole.kind === 'ok' && !whole.inactive && outcomes.every(isPlain)) return [];
  return outcomes.flatMap((outcome, index) => {
    const fault = remark(outcome);
    if (!fault || (outcome === whole && outcome.kind === 'unknown-code')) return [];
    return outcomes.length === 1 && outcome === whole ? [fault] : [{ ...fault, at: `coding[${index}]` }];
  });
}

const isPlain = (outcome: CodeOutcome): boolean => outcome.kind === 'ok' && !outcome.inactive;

function remark(outcome: CodeOutcome): BindingFault | undefined {
  switch (outcome.kind) {
    case 'ok':
      return outcome.inactive ? INACTIVE : undefined;
    case 'wrong-display':
      return { severity: 'warning', code: 'invalid', id: 'display-wrong', message: wrongDisplay(outcome.expected) };
    case 'unknown-code':
      return outcome.mayBeNew ? undefined : unknownCode(outcome, 'extensible');
    default:
      return undefined;
  }
}

const INACTIVE: BindingFault = {
  severity: 'information',
  code: 'informational',
  id: 'code-inactive',
  message: 'The code is retired: it is valid in records, and not for new ones.',
};

const wrongDisplay = ([first = '', ...more]: readonly string[]): string =>
  `The display is another than the code has: ${JSON.stringify(first)}${more.length > 0 ? ` or ${more.length} others` : ''}.`;
