/** Parts of a resource, cut from its text so that what stays is exact (FHIR R4, search.html#summary, search.html#elements). */
import type { ElementMarks } from './element-marks.ts';
import { badValue, notSupported } from './error.ts';
import type { SearchParams } from './interaction.ts';
import { arrayElements, type Member, objectMembers } from './json-text.ts';

/** What is left of a resource: what a summary has, or the elements that were asked for. */
export type View =
  | { readonly kind: 'summary' | 'text' | 'data' }
  | { readonly kind: 'elements'; readonly names: readonly string[] };

const SUMMARIES: Readonly<Record<string, View | undefined>> = {
  true: { kind: 'summary' },
  text: { kind: 'text' },
  data: { kind: 'data' },
  false: undefined,
};

/**
 * The view that `_summary` and `_elements` ask for; undefined for the whole resource.
 * @throws FhirError 400 for `_summary=count`, which is for searches, for another value and for both at once
 */
export function parseView({ _summary, _elements }: SearchParams): View | undefined {
  const summary = _summary === undefined ? undefined : parseSummary(_summary);
  if (_elements === undefined) return summary;
  if (summary) throw notSupported('_elements and _summary can’t be combined.', 'http._elements');
  const names = [_elements].flat().flatMap((list) => list.split(','));
  const wrong = names.find((name) => !/^[a-z]\w{0,63}$/.test(name));
  if (wrong === undefined) return { kind: 'elements', names };
  throw badValue('_elements is a list of names of base elements, such as identifier,name.', 'http._elements');
}

function parseSummary(value: string | readonly string[]): View | undefined {
  if (typeof value === 'string' && Object.hasOwn(SUMMARIES, value)) return SUMMARIES[value];
  if (value === 'count') throw notSupported('_summary=count is for searches.', 'http._summary');
  throw badValue('_summary is one of true, text, data and false.', 'http._summary');
}

/**
 * The part of a resource that the view shows, marked SUBSETTED.
 * @param text compact JSON of a resource
 * @param marks of the elements of its type
 */
export function subsetResource(text: string, view: View, marks: ElementMarks): string {
  const members = objectMembers(text);
  const kept = members.flatMap((member) => cutMember(text, member, { view, marks }));
  const meta = members.find(({ key }) => key === 'meta');
  return `{${[...kept.slice(0, 2), `"meta":${tagged(meta && text.slice(meta.start, meta.end))}`, ...kept.slice(2)].join(',')}}`;
}

/** Members that every view shows. `meta` is written anew. */
const ALWAYS: ReadonlySet<string> = new Set(['resourceType', 'id']);

interface Cut {
  readonly view: View;
  readonly marks: ElementMarks;
}

/** The member as it is shown: none, or one. */
function cutMember(text: string, member: Member, { view, marks }: Cut): readonly string[] {
  const { key, start, end } = member;
  const whole = `${JSON.stringify(key)}:${text.slice(start, end)}`;
  if (ALWAYS.has(key)) return [whole];
  const mark = marks.get(nameOf(key));
  if (key === 'meta' || !isShown(nameOf(key), { view, marks })) return [];
  if (view.kind !== 'summary' || !mark?.children) return [whole];
  return [`${JSON.stringify(key)}:${cutBackbone(text, member, mark.children)}`];
}

/** `_birthDate` has the id and the extensions of `birthDate`. */
const nameOf = (key: string): string => (key.startsWith('_') ? key.slice(1) : key);

function isShown(name: string, { view, marks }: Cut): boolean {
  const mark = marks.get(name);
  switch (view.kind) {
    case 'data':
      return name !== 'text';
    case 'text':
      return name === 'text' || mark?.isMandatory === true;
    case 'summary':
      return mark?.isSummary === true || mark?.isMandatory === true;
    case 'elements':
      // Mandatory elements always, and modifiers, without which the rest could be misread.
      return (
        mark?.isMandatory === true ||
        mark?.isModifier === true ||
        view.names.some((asked) => isNamed(name, asked, marks))
      );
  }
}

/** `value` asks for `valueQuantity` too, where that is a choice of types. */
function isNamed(name: string, asked: string, marks: ElementMarks): boolean {
  return name === asked || (!marks.has(asked) && new RegExp(`^${asked}[A-Z]`).test(name));
}

/** A backbone element that is in the summary, with those of its children that are. */
function cutBackbone(text: string, { start, end }: Member, marks: ElementMarks): string {
  const cut = (from: number): string => {
    const shown = objectMembers(text, from).filter(
      ({ key }) => key === 'id' || isShown(nameOf(key), { view: SUMMARY, marks }),
    );
    return `{${shown.map((member) => formatMember(text, member, marks)).join(',')}}`;
  };
  if (text.charAt(start) === '{') return cut(start);
  const items = text.charAt(start) === '[' ? arrayElements(text, start).map((item) => cut(item.start)) : [];
  const shown = items.filter((item) => item !== '{}');
  return shown.length > 0 ? `[${shown.join(',')}]` : text.slice(start, end);
}

const SUMMARY: View = { kind: 'summary' };

function formatMember(text: string, member: Member, marks: ElementMarks): string {
  const children = marks.get(nameOf(member.key))?.children;
  const value = children ? cutBackbone(text, member, children) : text.slice(member.start, member.end);
  return `${JSON.stringify(member.key)}:${value}`;
}

const SUBSETTED = '{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"SUBSETTED"}';

/** The same `meta` with the tag that says that this is not all of the resource. */
function tagged(meta: string | undefined): string {
  if (meta === undefined) return `{"tag":[${SUBSETTED}]}`;
  const tag = objectMembers(meta).find(({ key }) => key === 'tag');
  if (!tag) return meta === '{}' ? tagged(undefined) : `${meta.slice(0, -1)},"tag":[${SUBSETTED}]}`;
  const tags = meta.slice(tag.start, tag.end);
  if (tags.includes('"SUBSETTED"')) return meta;
  return `${meta.slice(0, tag.end - 1)}${tags === '[]' ? '' : ','}${SUBSETTED}${meta.slice(tag.end - 1)}`;
}
