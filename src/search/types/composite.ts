/** Search parameters of type composite: values that belong together (FHIR R4, search.html#combining). */
import { splitEscaped } from '../escape.ts';
import { extractValues } from '../extract-values.ts';
import type { Extract, IndexValue } from '../index-entry.ts';
import type { CompiledSearchParameter } from '../parameter.ts';
import type { SearchValue } from '../query.ts';
import { refuseValue, type ValueContext } from '../value-reader.ts';

type SearchedComposite = { readonly type: 'composite'; readonly components: readonly SearchValue[] };
type ParseComponent = (raw: string, context: ValueContext) => SearchValue;
type MatchComponent = (indexed: IndexValue, searched: SearchValue) => boolean;

/** Reads `a$b`, each part as the type of its component. */
export function parseCompositeValue(raw: string, context: ValueContext, parse: ParseComponent): SearchedComposite {
  const { components } = context.parameter;
  const parts = splitEscaped(raw, '$');
  if (parts.length !== components.length) {
    throw refuseValue(context, `takes ${components.length} values with $ between them: ${codes(components)}`);
  }
  return {
    type: 'composite',
    components: components.map((parameter, at) => parse(parts[at] ?? '', { ...context, parameter })),
  };
}

const codes = (components: readonly CompiledSearchParameter[]): string => components.map(({ code }) => code).join('$');

/** Takes the values of each component from one focus; without a value for each there is nothing to match. */
export function compositeExtract(components: readonly CompiledSearchParameter[]): Extract {
  return (focus, add, baseUrl) => {
    const values = components.map((component) =>
      extractValues(focus, component, baseUrl).filter(({ type }) => type === component.type),
    );
    if (values.every((found) => found.length > 0)) add({ type: 'composite', components: values });
  };
}

/** Every component has to match in the same focus. */
export function matchesComposite(
  components: readonly (readonly IndexValue[])[],
  searched: SearchedComposite,
  matches: MatchComponent,
): boolean {
  return searched.components.every((wanted, at) => components[at]?.some((value) => matches(value, wanted)) ?? false);
}
