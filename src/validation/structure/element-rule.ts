/**
 * A keyword for ajv: which elements must be there, "value or `_value`", and of which choices one at most (FHIR R4,
 * json.html#primitive, formats.html#choice). JSON Schema can say both only by branches that cost more and explain less.
 */
import { _, type Code, type CodeKeywordDefinition, type KeywordCxt, Name, nil } from 'ajv';

/** An element and every property that can stand for it, those of one type together. */
interface Alternatives {
  readonly element: string;
  readonly names: readonly (readonly string[])[];
}

export interface ElementRule {
  readonly mandatory: readonly Alternatives[];
  readonly choices: readonly Alternatives[];
}

export const ELEMENT_RULE = 'elements';

/** What an error of the keyword tells: `missing` or `several`, and of which element. */
export interface ElementRuleParams {
  readonly fault: 'missing' | 'several';
  readonly element: string;
}

export const elementRule: CodeKeywordDefinition = {
  keyword: ELEMENT_RULE,
  type: 'object',
  schemaType: 'object',
  error: {
    message: 'breaks a rule on which elements must or may be there',
    params: ({ params }) => _`{fault: ${params['fault']}, element: ${params['element']}}`,
  },
  code(cxt: KeywordCxt) {
    const { mandatory, choices } = cxt.schema as ElementRule;
    for (const { element, names } of mandatory) {
      report(cxt, {
        fault: 'missing',
        element,
        when: joined(
          names.flat().map((name) => isAbsent(cxt, name)),
          ' && ',
        ),
      });
    }
    for (const { element, names } of choices) {
      const present = names.map((group) =>
        joined(
          group.map((name) => isPresent(cxt, name)),
          ' || ',
        ),
      );
      report(cxt, { fault: 'several', element, when: _`${sum(present)} > 1` });
    }
  },
};

interface Report extends ElementRuleParams {
  readonly when: Code;
}

function report(cxt: KeywordCxt, { fault, element, when }: Report): void {
  cxt.setParams({ fault, element });
  cxt.gen.if(when, () => cxt.error());
}

const isPresent = ({ data }: KeywordCxt, name: string): Code => _`${data}.${new Name(name)} !== undefined`;
const isAbsent = ({ data }: KeywordCxt, name: string): Code => _`${data}.${new Name(name)} === undefined`;
const sum = (conditions: readonly Code[]): Code =>
  joined(
    conditions.map((condition) => _`(${condition} ? 1 : 0)`),
    ' + ',
  );

function joined(parts: readonly Code[], operator: ' && ' | ' || ' | ' + '): Code {
  const sign = { ' && ': _` && `, ' || ': _` || `, ' + ': _` + ` }[operator];
  return parts.reduce((all, part) => (all === nil ? part : _`${all}${sign}${part}`), nil);
}
