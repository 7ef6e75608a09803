/** The values of one search parameter in a resource, or in the focus of a composite (FHIR R4, search.html). */
import type { IndexValue } from './index-entry.ts';
import type { CompiledSearchParameter } from './parameter.ts';

/** An element that is there without anything to search leaves a value of type `present`, for `:missing`. */
export function extractValues(
  focus: unknown,
  { elements }: Pick<CompiledSearchParameter, 'elements'>,
  baseUrl: string,
): readonly IndexValue[] {
  const values: IndexValue[] = [];
  const add = (value: IndexValue): void => {
    values.push(value);
  };
  for (const { visit, extract } of elements) {
    visit(focus, (value) => {
      const before = values.length;
      extract(value, add, baseUrl);
      if (values.length === before) values.push({ type: 'present' });
    });
  }
  return values;
}
