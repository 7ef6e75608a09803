/** Modifiers that need to know codes, and full text, over HTTP (FHIR R4, search.html#token and search.html#content). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/jenner.ts';

const CVX = 'http://hl7.org/fhir/sid/cvx';
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  const resources = [
    {
      resourceType: 'ValueSet',
      id: 'flu',
      url: 'http://example.org/ValueSet/flu',
      status: 'active',
      compose: { include: [{ system: CVX, concept: [{ code: '88' }, { code: '140' }] }] },
    },
    ...[
      ['flu', '140'],
      ['other', '03'],
    ].map(([id, code]) => ({
      resourceType: 'Immunization',
      id,
      status: 'completed',
      vaccineCode: { coding: [{ system: CVX, code }] },
      patient: { reference: 'Patient/p', display: 'Ada Lovelace' },
      occurrenceDateTime: '2024-01-01',
      text: {
        status: 'generated',
        div: `<div xmlns="http://www.w3.org/1999/xhtml"><p>Dose of <b>${id}</b> vaccine</p></div>`,
      },
      note: [{ text: 'Given in the left arm' }],
    })),
    { resourceType: 'Patient', id: 'p', gender: 'female', name: [{ family: 'Lovelace' }] },
  ];
  for (const resource of resources) {
    const { status, body } = await server.put(`${resource.resourceType}/${resource.id}`, resource);
    expect(status, JSON.stringify(body)).toBe(201);
  }
});
afterAll(() => server.close());

async function idsOf(search: string): Promise<string[]> {
  const { status, body } = await server.get(search);
  expect(status, JSON.stringify(body)).toBe(200);
  return (body.entry ?? []).map(({ resource }: { resource: { id: string } }) => resource.id).sort();
}

describe('a search', () => {
  it.each([
    ['Immunization?vaccine-code:in=http://example.org/ValueSet/flu', ['flu']],
    ['Immunization?vaccine-code:not-in=http://example.org/ValueSet/flu', ['other']],
    ['Patient?_has:Immunization:patient:vaccine-code:in=http://example.org/ValueSet/flu', ['p']],
    ['Immunization?_text=flu', ['flu']],
    ['Immunization?_text=dose and (flu or nothing)', ['flu']],
    ['Immunization?_text=arm', []],
    ['Immunization?_content="left arm" not flu', ['other']],
    ['Immunization?_content=ada', ['flu', 'other']],
    ['Immunization?patient._content=female&vaccine-code=03', ['other']],
    ['Patient?_has:Immunization:patient:_text=vaccine', ['p']],
  ])('finds by %s', async (search, ids) => {
    expect(await idsOf(search)).toEqual(ids);
  });

  it.each([
    [
      'Immunization?vaccine-code:in=http://example.org/ValueSet/unknown',
      'value',
      'http://example.org/ValueSet/unknown',
    ],
    ['Immunization?vaccine-code:below=urn:nothing|1', 'value', 'urn:nothing|1'],
    ['Immunization?_content=', 'value', '_content'],
    ['Immunization?_text=(flu', 'value', '_text'],
    ['Immunization?_content:exact=flu', 'not-supported', '_content:exact'],
    ['Patient?_query=everything', 'not-supported', '_query'],
    ['Patient?_filter=name eq x', 'not-supported', '_filter'],
    ['Patient?phonetic=x', 'not-supported', 'phonetic'],
    ['Patient?age=7', 'not-supported', 'age'],
    ['Location?near=1|2', 'not-supported', 'near'],
    ['Location?partof:below=1', 'not-supported', 'partof:below'],
  ])('is refused by name: %s', async (search, code, named) => {
    const { status, body } = await server.get(search);
    expect([status, body.issue[0].code]).toEqual([400, code]);
    expect(body.issue[0].diagnostics).toContain(named);
  });
});
