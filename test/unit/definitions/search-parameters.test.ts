import { describe, expect, test } from 'vitest';
import { childParents, elementAt, loadElements } from '../../../src/definitions/elements.ts';
import { resourceTypes } from '../../../src/definitions/resource-types.ts';
import { loadSearchParameters, searchParametersOf } from '../../../src/definitions/search-parameters.ts';
import { projectRoot, projectWith } from './project.ts';
import { codesOfDomainResource, codesOfExtensions, codesOfPage, codesOfResource } from './r4-search-codes.ts';

const all = await loadSearchParameters(projectRoot);
const elements = await loadElements(projectRoot);
const codesOf = (resourceType: string): readonly string[] =>
  searchParametersOf(resourceType, all)
    .map(({ code }) => code)
    .sort();

describe('the declared search parameters', () => {
  test.each(resourceTypes)('of %s are those of R4, each code once', (resourceType) => {
    const expected = [
      ...codesOfPage[resourceType],
      ...(codesOfExtensions[resourceType] ?? []),
      ...codesOfResource,
      ...(resourceType === 'Binary' ? [] : codesOfDomainResource),
    ];
    expect(codesOf(resourceType)).toEqual(expected.sort());
  });

  test('each apply to a served type', () => {
    const used = new Set(resourceTypes.flatMap((resourceType) => searchParametersOf(resourceType, all)));
    expect(all.filter((parameter) => !used.has(parameter)).map(({ id }) => id)).toEqual([]);
  });

  test('each have a canonical URL of their own', () => {
    expect(new Set(all.map(({ url }) => url)).size).toBe(all.length);
    const own = all.filter(({ url }) => !url.startsWith('http://hl7.org/fhir/SearchParameter/'));
    expect(own.map(({ url, id, code }) => [url.replace(id, ''), code])).toEqual(
      ['relationship', 'discharge-disposition', 'gene-identifier', 'ethnicity', 'race', 'mothersMaidenName'].map(
        (code) => ['http://jenner.health/fhir/SearchParameter/', code],
      ),
    );
  });

  test('have an expression unless they are about no single element', () => {
    const without = all.filter(({ expression }) => expression === undefined).map(({ code }) => code);
    expect(without.sort()).toEqual(['_content', '_filter', '_query', '_text', 'age', 'birthOrderBoolean']);
  });

  test('name the types that a reference may point to', () => {
    const without = all.filter(({ type, target }) => type === 'reference' && !target?.length);
    expect(without.map(({ id }) => id)).toEqual([]);
    expect(all.find(({ id }) => id === 'clinical-patient')?.target).toEqual(['Patient', 'Group']);
  });

  test('point to the types that their element allows, where they are about one element', () => {
    const plain = all.filter(({ type, expression = '' }) => type === 'reference' && /^\w+(\.\w+)+$/.test(expression));
    expect(plain.length).toBeGreaterThan(80);
    for (const { id, expression = '', target = [] } of plain) {
      const allowed = elements.get(expression)?.targets ?? elements.get(`${expression}[x]`)?.targets;
      if (!allowed?.includes('Resource')) expect([...target].sort(), id).toEqual([...(allowed ?? [])].sort());
    }
  });

  test('of type composite are made of declared parameters', () => {
    const urls = new Set(all.map(({ url }) => url));
    const parts = all.flatMap(({ component }) => component ?? []);
    expect(parts.length).toBeGreaterThan(0);
    expect(parts.filter(({ definition }) => !urls.has(definition))).toEqual([]);
  });

  test.each(resourceTypes)('of %s select elements that the type has', (resourceType) => {
    const paths = searchParametersOf(resourceType, all).flatMap(
      ({ expression = '' }) => expression.match(new RegExp(`\\b${resourceType}(\\.[a-z]\\w*\\b(?!\\())+`, 'g')) ?? [],
    );
    for (const path of paths) expect(isDeclaredPath(path), path).toBe(true);
    expect(paths.length).toBeGreaterThanOrEqual(codesOfPage[resourceType].length);
  });
});

/** Does a plain path, from the type's name, lead from element to element down to its end? */
function isDeclaredPath(path: string): boolean {
  const [type = '', ...names] = path.split('.');
  let parents: readonly string[] = [type];
  for (const name of names) {
    const found = parents.flatMap((parent) => elementAt(elements, parent, name) ?? []);
    if (found.length === 0) return false;
    parents = found.flatMap(childParents);
  }
  return true;
}

describe('searchParametersOf', () => {
  test.each(['Binary', 'Bundle', 'Parameters'])('gives %s nothing of DomainResource', (resourceType) => {
    expect(codesOf(resourceType)).not.toContain('_text');
    expect(codesOf(resourceType)).toContain('_id');
  });

  test('gives a domain resource what Resource and DomainResource have', () => {
    expect(codesOf('Basic')).toEqual(expect.arrayContaining(['_id', '_text', 'code']));
  });
});

describe('loadSearchParameters', () => {
  const sound = {
    resourceType: 'SearchParameter',
    id: 'Patient-active',
    url: 'http://hl7.org/fhir/SearchParameter/Patient-active',
    description: 'Whether the patient record is active',
    code: 'active',
    base: ['Patient'],
    type: 'token',
    expression: 'Patient.active',
  };
  const loadOne = async (resource: unknown) =>
    loadSearchParameters(await projectWith({ 'search-params/Patient-active.json': JSON.stringify(resource) }));

  test('gives a definition as it is in its file and leaves other files alone', async () => {
    const root = await projectWith({
      'search-params/Patient-active.json': JSON.stringify(sound),
      'search-params/README.md': '# About',
    });
    expect(await loadSearchParameters(root)).toEqual([sound]);
  });

  test.each([
    ['id', 'Patient-other'],
    ['resourceType', 'StructureDefinition'],
    ['url', undefined],
    ['description', ''],
    ['code', 7],
    ['base', []],
    ['base', 'Patient'],
    ['type', 'text'],
    ['expression', ''],
    ['target', [1]],
  ])('names the file and the element when SearchParameter.%s is %j', async (element, value) => {
    const load = loadOne({ ...sound, [element]: value });
    await expect(load).rejects.toThrow(`search-params/Patient-active.json: has no usable SearchParameter.${element}`);
  });

  test('gives the derived one of two definitions', async () => {
    const own = { ...sound, id: 'own', url: 'http://example.org/own', derivedFrom: sound.url };
    const root = await projectWith({
      'search-params/Patient-active.json': JSON.stringify(sound),
      'search-params/own.json': JSON.stringify(own),
    });
    expect(await loadSearchParameters(root)).toEqual([own]);
  });

  test('refuses a composite parameter without components', async () => {
    await expect(loadOne({ ...sound, type: 'composite' })).rejects.toThrow('SearchParameter.component');
    await expect(loadOne({ ...sound, type: 'composite', component: [{ expression: 'code' }] })).rejects.toThrow(
      'SearchParameter.component',
    );
  });

  test('names the file when it is not JSON or not a resource', async () => {
    const root = await projectWith({ 'search-params/broken.json': '{' });
    await expect(loadSearchParameters(root)).rejects.toThrow('search-params/broken.json');
    await expect(loadOne(['a'])).rejects.toThrow('search-params/Patient-active.json: is not a resource');
  });
});
