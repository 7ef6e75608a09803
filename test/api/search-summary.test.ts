/** FHIR R4, search.html#summary and search.html#elements. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/jenner.ts';
import { entriesOf, find, pagesOf, refusalOf } from './search-results.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await server.put('Organization/o', {
    resourceType: 'Organization',
    id: 'o',
    text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">O</div>' },
    name: 'Office',
    contact: [{ purpose: { text: 'x' } }],
  });
  await server.put(
    'Immunization/d',
    `{"resourceType":"Immunization","id":"d","text":{"status":"generated","div":"<div xmlns=\\"http://www.w3.org/1999/xhtml\\">D</div>"},
      "status":"completed","vaccineCode":{"text":"x"},"patient":{"reference":"Patient/p"},"occurrenceDateTime":"2024-01-01",
      "manufacturer":{"reference":"Organization/o"},"doseQuantity":{"value":0.50},"note":[{"text":"n"}]}`,
  );
});
afterAll(() => server.close());

async function keysOf(search: string, mode: 'match' | 'include' = 'match'): Promise<readonly string[]> {
  const [entry] = entriesOf(await find(server, search), mode);
  return Object.keys(entry?.resource ?? {}).toSorted();
}
const isTagged = async (search: string, mode: 'match' | 'include' = 'match') =>
  entriesOf(await find(server, search), mode).every(({ resource }) =>
    resource.meta?.tag?.some(({ code }) => code === 'SUBSETTED'),
  );

const MANDATORY = ['id', 'meta', 'occurrenceDateTime', 'patient', 'resourceType', 'status', 'vaccineCode'];

describe('the parts of a resource', () => {
  it.each([
    ['_summary=true', [...MANDATORY, 'note']],
    ['_summary=text', [...MANDATORY, 'text']],
    ['_summary=data', [...MANDATORY, 'doseQuantity', 'manufacturer', 'note']],
    ['_elements=note', [...MANDATORY, 'note']],
    ['_elements=note,doseQuantity', [...MANDATORY, 'doseQuantity', 'note']],
  ])('are those of %s, and tagged SUBSETTED', async (asked, keys) => {
    expect(await keysOf(`Immunization?_id=d&${asked}`)).toEqual(keys.toSorted());
    expect(await isTagged(`Immunization?_id=d&${asked}`)).toBe(true);
  });

  it('are all of them with _summary=false, without a tag', async () => {
    expect(await keysOf('Immunization?_id=d&_summary=false')).toEqual(await keysOf('Immunization?_id=d'));
    expect(await isTagged('Immunization?_id=d&_summary=false')).toBe(false);
  });

  it('keep the digits of decimals', async () => {
    const { text } = await server.get('Immunization?_id=d&_elements=doseQuantity').buffer();
    expect(text).toContain('"value":0.50');
  });

  it('are those of the summary in what is included too, while elements are of the matches only', async () => {
    const search = 'Immunization?_id=d&_include=Immunization:manufacturer';
    expect(await keysOf(`${search}&_summary=true`, 'include')).toEqual(['id', 'meta', 'name', 'resourceType']);
    expect(await isTagged(`${search}&_summary=true`, 'include')).toBe(true);
    expect(await keysOf(`${search}&_elements=note`, 'include')).toEqual(await keysOf(search, 'include'));
    expect(await isTagged(`${search}&_elements=note`)).toBe(true);
  });

  it('are the same on every page', async () => {
    await server.put('Immunization/e', {
      resourceType: 'Immunization',
      id: 'e',
      status: 'completed',
      vaccineCode: { text: 'x' },
      patient: { reference: 'Patient/p' },
      occurrenceDateTime: '2023-01-01',
      note: [{ text: 'n' }],
    });
    const pages = await pagesOf(server, 'Immunization?_elements=status&_count=1');
    expect(pages.map((page) => entriesOf(page, 'match').map(({ resource }) => resource['note']))).toEqual([
      [undefined],
      [undefined],
    ]);
  });

  it.each([
    ['_summary=some', 'http._summary'],
    ['_summary=true&_summary=data', 'http._summary'],
    ['_summary=true&_elements=note', 'http._elements'],
    ['_elements=Immunization.note', 'http._elements'],
    ['_elements=', 'http._elements'],
    ['_summary=text&_include=Immunization:patient', 'http._summary'],
    ['_summary=text&_revinclude=Provenance:target', 'http._summary'],
    ['_contained=true', 'http._contained'],
    ['_contained=both', 'http._contained'],
    ['_containedType=contained', 'http._containedType'],
  ])('are refused with %s', async (asked, expression) => {
    expect(await refusalOf(server, `Immunization?${asked}`)).toMatchObject({ status: 400, expression });
  });

  it('take what is the case anyway: contained resources are not searched', async () => {
    expect(await keysOf('Immunization?_id=d&_contained=false&_containedType=container')).toContain('note');
  });
});
