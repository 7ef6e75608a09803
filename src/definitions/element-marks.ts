/** Which elements are in summaries, modify others or must be there (FHIR R4, elementdefinition.html), by JSON name. */
import type { ElementMark, ElementMarks } from '../fhir/element-marks.ts';
import { brokenDeclaration, isRecord, isTextList, readDeclaration } from './declaration-file.ts';
import type { ElementDeclaration, ElementTable } from './elements.ts';

interface MarkedPaths {
  readonly summary: ReadonlySet<string>;
  readonly modifier: ReadonlySet<string>;
}

/** Marks of the elements of each resource type of the table. @param root of the project, a `file:` URL that ends in `/` */
export function loadElementMarks(root: URL, elements: ElementTable): ReadonlyMap<string, ElementMarks> {
  const file = new URL('data/profiles/r4/element-marks.json', root);
  const rows = readDeclaration(file);
  if (!isRecord(rows) || !isTextList(rows['summary']) || !isTextList(rows['modifier']))
    throw brokenDeclaration(file, 'is not the lists of elements in summaries and of modifiers');
  const marked = { summary: new Set(rows['summary']), modifier: new Set(rows['modifier']) };
  const children = byParent(elements);
  return new Map([...children.keys()].filter((path) => !path.includes('.')).map((type) => [type, marksOf(type)]));

  function marksOf(parent: string): ElementMarks {
    return new Map((children.get(parent) ?? []).flatMap((element) => entriesOf(element)));
  }
  function entriesOf(element: ElementDeclaration): readonly (readonly [string, ElementMark])[] {
    const { path } = element;
    const mark = { ...marksAt(element, marked), children: children.has(path) ? marksOf(path) : undefined };
    return propertyNames(element).map((name) => [name, mark] as const);
  }
}

function byParent(elements: ElementTable): ReadonlyMap<string, readonly ElementDeclaration[]> {
  const children = new Map<string, ElementDeclaration[]>();
  for (const element of elements.values()) {
    const parent = element.path.slice(0, element.path.lastIndexOf('.'));
    const siblings = children.get(parent);
    if (siblings) siblings.push(element);
    else children.set(parent, [element]);
  }
  return children;
}

const marksAt = ({ path, min }: ElementDeclaration, { summary, modifier }: MarkedPaths) => ({
  isSummary: summary.has(path),
  isModifier: modifier.has(path),
  isMandatory: min > 0,
});

function propertyNames({ path, types }: ElementDeclaration): readonly string[] {
  const name = path.slice(path.lastIndexOf('.') + 1);
  if (!name.endsWith('[x]')) return [name];
  return types.map((type) => name.replace('[x]', type.charAt(0).toUpperCase() + type.slice(1)));
}
