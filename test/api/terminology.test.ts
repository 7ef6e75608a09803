/** The terminology operations over HTTP (FHIR R4, terminology-service.html). */
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { seedCodeSets } from '../../src/seed-code-sets.ts';
import { startTestServer, type TestServer } from '../support/jenner.ts';

const CVX = 'http://hl7.org/fhir/sid/cvx';
const NDC = 'http://hl7.org/fhir/sid/ndc';
const CPT = 'http://www.ama-assn.org/go/cpt';
const GENDER = 'http://hl7.org/fhir/ValueSet/administrative-gender';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await seedCodeSets(server.jenner, server.base);
});
afterAll(() => server.close());

interface Part {
  readonly name: string;
  readonly part?: readonly Part[];
  readonly [value: string]: unknown;
}
const parameters = (...parameter: readonly object[]) => ({ resourceType: 'Parameters', parameter });
const outputOf = (body: { readonly parameter?: readonly Part[] }, name: string): unknown => {
  const found = body.parameter?.find((entry) => entry.name === name);
  return found && Object.entries(found).find(([key]) => key.startsWith('value'))?.[1];
};
const query = (path: string, params: Readonly<Record<string, string>>) => `${path}?${new URLSearchParams(params)}`;
const ask = async (path: string, params: Readonly<Record<string, string>>) => server.get(query(path, params));
const issueOf = ({
  status,
  body,
}: {
  readonly status: number;
  readonly body: { readonly issue?: readonly { readonly code: string }[] };
}) => [status, body.issue?.[0]?.code];

describe('CodeSystem/$lookup', () => {
  it('tells what a code means, its designations and its properties', async () => {
    const { status, body } = await ask('CodeSystem/$lookup', { system: CVX, code: '08' });
    expect(status).toBe(200);
    expect([outputOf(body, 'name'), outputOf(body, 'display')]).toEqual(['CVX', 'Hep B, adolescent or pediatric']);
    expect(outputOf(body, 'version')).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    const properties = (body.parameter as readonly Part[]).filter(({ name }) => name === 'property');
    expect(properties.map(({ part }) => part?.[0]?.['valueCode'])).toEqual(['status', 'lastUpdated', 'notes']);
    expect(body.parameter.some(({ name }: Part) => name === 'designation')).toBe(true);
  });

  it('gives the properties that are asked for', async () => {
    const { body } = await server.get(
      `CodeSystem/$lookup?system=${encodeURIComponent(CVX)}&code=01&property=status&property=inactive`,
    );
    const properties = (body.parameter as readonly Part[]).filter(({ name }) => name === 'property');
    expect(properties.map(({ part }) => part)).toEqual([
      [
        { name: 'code', valueCode: 'status' },
        { name: 'value', valueCode: 'Inactive' },
      ],
      [
        { name: 'code', valueCode: 'inactive' },
        { name: 'value', valueBoolean: true },
      ],
    ]);
  });

  it('takes a Coding, an instance, an old name of the system, and parents and children are told', async () => {
    const posted = await server.post(
      'CodeSystem/$lookup',
      parameters({ name: 'coding', valueCoding: { system: CVX, code: '03' } }),
    );
    expect(outputOf(posted.body, 'display')).toBe('MMR');
    expect((await ask('CodeSystem/$lookup', { system: 'urn:oid:2.16.840.1.113883.12.292', code: '03' })).status).toBe(
      200,
    );
    const { body } = await ask('CodeSystem/cdcrec/$lookup', { code: '1004-1', property: 'parent' });
    expect(body.parameter.at(-1)).toEqual({
      name: 'property',
      part: [
        { name: 'code', valueCode: 'parent' },
        { name: 'value', valueCode: '1002-5' },
        { name: 'description', valueString: 'American Indian or Alaska Native' },
      ],
    });
  });

  test.each([
    [{ system: CVX, code: '8' }, [404, 'not-found']],
    [{ system: 'http://example.org/none', code: '8' }, [404, 'not-found']],
    [{ system: CVX, code: '08', version: '1999' }, [404, 'not-found']],
    [{ system: CVX }, [400, 'value']],
    [{ code: '08' }, [400, 'value']],
    [{ system: CVX, code: '08', date: '2020' }, [400, 'not-supported']],
  ])('of %j is refused', async (params, expected) => {
    expect(issueOf(await ask('CodeSystem/$lookup', params as Record<string, string>))).toEqual(expected);
  });
});

describe('CodeSystem/$validate-code', () => {
  test.each([
    [{ url: CVX, code: '08' }, true],
    [{ url: CVX, code: '01' }, true],
    [{ url: CVX, code: '8' }, false],
    [{ url: CVX, code: '340' }, false],
    [{ url: CVX, code: '08', display: 'hep b, adolescent or PEDIATRIC' }, true],
    [{ url: CVX, code: '08', display: 'Measles' }, false],
    [{ url: NDC, code: '00006409602' }, true],
    [{ url: NDC, code: '00006-4096-02' }, true],
  ])('of %j is %s', async (params, expected) => {
    const { status, body } = await ask('CodeSystem/$validate-code', params);
    expect([status, outputOf(body, 'result')]).toEqual([200, expected]);
    if (!expected) expect(outputOf(body, 'message')).toBeTruthy();
  });

  it('tells the right display, that a code is inactive, and that an unknown one may be new', async () => {
    const wrong = await ask('CodeSystem/$validate-code', { url: CVX, code: '08', display: 'Measles' });
    expect(outputOf(wrong.body, 'display')).toBe('Hep B, adolescent or pediatric');
    expect(outputOf((await ask('CodeSystem/$validate-code', { url: CVX, code: '01' })).body, 'message')).toContain(
      'inactive',
    );
    expect(outputOf((await ask('CodeSystem/$validate-code', { url: CVX, code: '340' })).body, 'message')).toContain(
      'newer',
    );
  });

  it('takes one good coding of a concept, and a code system that comes with the request', async () => {
    const coding = [
      { system: CVX, code: 'x' },
      { system: CVX, code: '03' },
    ];
    const concept = await server.post(
      'CodeSystem/$validate-code',
      parameters({ name: 'codeableConcept', valueCodeableConcept: { coding } }),
    );
    expect(outputOf(concept.body, 'result')).toBe(true);
    const own = { resourceType: 'CodeSystem', status: 'draft', content: 'complete', concept: [{ code: 'a' }] };
    const given = (code: string) =>
      server.post(
        'CodeSystem/$validate-code',
        parameters({ name: 'codeSystem', resource: own }, { name: 'code', valueCode: code }),
      );
    expect([outputOf((await given('a')).body, 'result'), outputOf((await given('b')).body, 'result')]).toEqual([
      true,
      false,
    ]);
  });

  it('is refused without a code, with several, and for a system that is not here', async () => {
    expect(issueOf(await ask('CodeSystem/$validate-code', { url: CVX }))).toEqual([400, 'value']);
    expect(issueOf(await ask('CodeSystem/$validate-code', { url: 'http://example.org/none', code: 'x' }))).toEqual([
      404,
      'not-found',
    ]);
    const both = parameters(
      { name: 'url', valueUri: CVX },
      { name: 'code', valueCode: '03' },
      { name: 'coding', valueCoding: { code: '03' } },
    );
    expect((await server.post('CodeSystem/$validate-code', both)).status).toBe(400);
  });
});

describe('CodeSystem/$subsumes', () => {
  const RACE = 'urn:oid:2.16.840.1.113883.6.238';
  test.each([
    ['1002-5', '1004-1', 'subsumes'],
    ['1004-1', '1002-5', 'subsumed-by'],
    ['1004-1', '1004-1', 'equivalent'],
    ['2028-9', '1004-1', 'not-subsumed'],
  ])('of %s and %s is %s', async (codeA, codeB, outcome) => {
    const { body } = await ask('CodeSystem/$subsumes', { system: RACE, codeA, codeB });
    expect(body).toEqual({ resourceType: 'Parameters', parameter: [{ name: 'outcome', valueCode: outcome }] });
    expect((await ask('CodeSystem/cdcrec/$subsumes', { codeA, codeB })).body).toEqual(body);
  });

  it('is refused for an unknown code, for a missing one and for codes of two systems', async () => {
    expect(issueOf(await ask('CodeSystem/$subsumes', { system: RACE, codeA: 'x', codeB: '1002-5' }))).toEqual([
      404,
      'not-found',
    ]);
    expect(issueOf(await ask('CodeSystem/$subsumes', { system: RACE, codeA: '1002-5' }))).toEqual([400, 'value']);
    const codings = parameters(
      { name: 'codingA', valueCoding: { system: RACE, code: '1002-5' } },
      { name: 'codingB', valueCoding: { system: CVX, code: '03' } },
    );
    expect((await server.post('CodeSystem/$subsumes', codings)).status).toBe(400);
  });
});

describe('ValueSet/$validate-code', () => {
  const BIRTH_SEX = 'http://hl7.org/fhir/us/core/ValueSet/birthsex';
  const ADMINISTRATIVE = 'http://terminology.hl7.org/CodeSystem/v3-AdministrativeGender';
  test.each([
    [{ url: BIRTH_SEX, system: ADMINISTRATIVE, code: 'F' }, true],
    [{ url: BIRTH_SEX, system: ADMINISTRATIVE, code: 'UN' }, false],
    [{ url: BIRTH_SEX, system: ADMINISTRATIVE, code: 'F', display: 'Male' }, false],
    [{ url: `${GENDER}|4.0.1`, system: 'http://hl7.org/fhir/administrative-gender', code: 'male' }, true],
    [{ url: 'http://hl7.org/fhir/ValueSet/vaccine-code', system: CVX, code: '01' }, true],
    [{ url: 'http://hl7.org/fhir/ValueSet/vaccine-code', system: CVX, code: 'x' }, false],
    [{ url: 'http://hl7.org/fhir/ValueSet/vaccine-code', system: CPT, code: '90670' }, false],
  ])('of %j is %s', async (params, expected) => {
    const { status, body } = await ask('ValueSet/$validate-code', params as Record<string, string>);
    expect([status, outputOf(body, 'result')]).toEqual([200, expected]);
  });

  it('takes a concept, an instance, and a value set that comes with the request', async () => {
    const coding = [{ system: 'http://hl7.org/fhir/administrative-gender', code: 'male' }];
    const concept = { name: 'codeableConcept', valueCodeableConcept: { coding } };
    expect(
      outputOf(
        (await server.post('ValueSet/administrative-gender/$validate-code', parameters(concept))).body,
        'result',
      ),
    ).toBe(true);
    const valueSet = {
      resourceType: 'ValueSet',
      status: 'draft',
      compose: {
        include: [{ valueSet: [GENDER] }],
        exclude: [{ system: coding[0]?.system, concept: [{ code: 'male' }] }],
      },
    };
    const given = await server.post(
      'ValueSet/$validate-code',
      parameters({ name: 'valueSet', resource: valueSet }, concept),
    );
    expect(outputOf(given.body, 'result')).toBe(false);
  });

  it('is refused without a system, a code or a value set that is here', async () => {
    expect(issueOf(await ask('ValueSet/$validate-code', { url: GENDER, code: 'male' }))).toEqual([400, 'value']);
    expect(issueOf(await ask('ValueSet/$validate-code', { url: GENDER }))).toEqual([400, 'value']);
    expect(issueOf(await ask('ValueSet/$validate-code', { system: CVX, code: '03' }))).toEqual([400, 'value']);
    expect(
      issueOf(await ask('ValueSet/$validate-code', { url: 'http://example.org/none', system: CVX, code: '03' })),
    ).toEqual([404, 'not-found']);
  });
});

describe('ValueSet/$expand', () => {
  const codes = (body: { readonly expansion?: { readonly contains?: readonly { readonly code: string }[] } }) =>
    (body.expansion?.contains ?? []).map(({ code }) => code);

  it('lists the members, by URL and by instance, with the edition that they are of', async () => {
    for (const path of [query('ValueSet/$expand', { url: GENDER }), 'ValueSet/administrative-gender/$expand']) {
      const { status, body } = await server.get(path);
      expect([status, body.resourceType, body.url]).toEqual([200, 'ValueSet', GENDER]);
      expect(codes(body)).toEqual(['male', 'female', 'other', 'unknown']);
      expect(body.expansion).toMatchObject({ total: 4, offset: 0, identifier: expect.stringMatching(/^urn:uuid:/) });
      expect(body.expansion.parameter).toEqual([
        { name: 'version', valueUri: 'http://hl7.org/fhir/administrative-gender|4.0.1' },
      ]);
    }
  });

  it('comes in pages and by a text that is looked for', async () => {
    const page = await ask('ValueSet/$expand', { url: GENDER, offset: '1', count: '2' });
    expect([codes(page.body), page.body.expansion.total, page.body.expansion.offset]).toEqual([
      ['female', 'other'],
      4,
      1,
    ]);
    const none = await ask('ValueSet/$expand', { url: GENDER, count: '0' });
    expect([none.body.expansion.contains, none.body.expansion.total]).toEqual([undefined, 4]);
    const found = await ask('ValueSet/$expand', { url: 'urn:jenner:ValueSet:iis-body-site', filter: 'left del' });
    expect(codes(found.body)).toEqual(['LD']);
  });

  it('leaves out inactive codes where that is asked for', async () => {
    const VACCINES = 'http://hl7.org/fhir/us/core/ValueSet/us-core-vaccines-cvx';
    const all = codes((await ask('ValueSet/$expand', { url: VACCINES })).body);
    const active = codes((await ask('ValueSet/$expand', { url: VACCINES, activeOnly: 'true' })).body);
    expect([all.includes('01'), active.includes('01'), active.includes('08')]).toEqual([true, false, true]);
  });

  it('takes a value set with the request, in Parameters or by itself', async () => {
    const include = [{ system: CVX, filter: [{ property: 'status', op: '=', value: 'Non-US' }] }];
    const valueSet = { resourceType: 'ValueSet', status: 'draft', compose: { include } };
    const alone = await server.post('ValueSet/$expand', valueSet);
    const within = await server.post('ValueSet/$expand', parameters({ name: 'valueSet', resource: valueSet }));
    expect(codes(alone.body).length).toBe(39);
    expect(codes(within.body)).toEqual(codes(alone.body));
  });

  test.each([
    [{ include: 'x' }],
    [{ include: [{ system: 5 }] }],
    [{ include: [{ system: CVX, concept: [{ code: 5 }] }] }],
    [{ include: [{ system: CVX, filter: {} }] }],
    [[]],
  ])('refuses a value set that is none: compose is %j', async (compose) => {
    const valueSet = { resourceType: 'ValueSet', status: 'draft', compose };
    const { status } = await server.post('ValueSet/$expand', parameters({ name: 'valueSet', resource: valueSet }));
    expect([400, 422]).toContain(status);
  });

  it('says where what is listed is not all, and refuses where nothing can be listed', async () => {
    const open = await ask('ValueSet/$expand', { url: 'http://hl7.org/fhir/ValueSet/vaccine-code', count: '1' });
    expect(open.body.expansion.extension[0]).toMatchObject({
      url: expect.stringContaining('valueset-unclosed'),
      valueBoolean: true,
    });
    const none = await server.post('ValueSet/$expand', {
      resourceType: 'ValueSet',
      status: 'draft',
      compose: { include: [{ system: 'http://loinc.org' }] },
    });
    expect([...issueOf(none), none.body.issue[0].diagnostics]).toEqual([
      422,
      'not-supported',
      expect.stringContaining('http://loinc.org'),
    ]);
  });

  test.each([
    [{ url: 'http://example.org/none' }, [404, 'not-found']],
    [{}, [400, 'value']],
    [{ url: GENDER, count: '-1' }, [400, 'value']],
    [{ url: GENDER, activeOnly: 'perhaps' }, [400, 'value']],
    [{ url: GENDER, context: 'http://x' }, [400, 'not-supported']],
  ])('of %j is refused', async (params, expected) => {
    expect(issueOf(await ask('ValueSet/$expand', params as Record<string, string>))).toEqual(expected);
  });
});

describe('ConceptMap/$translate', () => {
  const matches = async (params: Readonly<Record<string, string>>, path = 'ConceptMap/$translate') => {
    const { body } = await ask(path, params);
    return ((body.parameter ?? []) as readonly Part[])
      .filter(({ name }) => name === 'match')
      .map(
        ({ part = [] }) =>
          part.find(({ name }) => name === 'concept')?.['valueCoding'] as { system: string; code: string },
      )
      .map(({ system, code }) => `${system.replace(/^.*[/:]/, '')} ${code}`);
  };

  it('gives every CVX of an NDC, in either form, and its manufacturer', async () => {
    expect(await matches({ system: NDC, code: '00006-4096-02' })).toEqual(['cvx 52', 'mvx MSD']);
    expect(await matches({ system: NDC, code: '00006409602', targetsystem: CVX })).toEqual(['cvx 52']);
    expect((await matches({ system: NDC, code: '58160-0821-11', targetsystem: CVX })).sort()).toEqual([
      'cvx 43',
      'cvx 44',
    ]);
  });

  it('gives the vaccine groups, the CPT codes and the statements of a CVX, and the CVX of a CPT', async () => {
    const to = (map: string, code: string) => matches({ url: `urn:jenner:ConceptMap:${map}`, system: CVX, code });
    expect(await to('cvx-vaccine-group', '110')).toEqual([
      'vaccine-group DTAP',
      'vaccine-group HepB',
      'vaccine-group POLIO',
      'cvx 107',
      'cvx 45',
      'cvx 89',
    ]);
    expect(await to('cvx-cpt', '133')).toEqual(['cpt 90670']);
    expect((await to('cvx-vis', '03'))[0]).toBe('2.16.840.1.114222.4.5.307 253088698300012711250131');
    expect(await matches({ system: CPT, code: '90670' })).toEqual(['cvx 133']);
  });

  it('works from target to source where it is reversed', async () => {
    expect(await matches({ system: CPT, code: '90670', reverse: 'true' }, 'ConceptMap/cvx-cpt/$translate')).toEqual([
      'cvx 133',
    ]);
    const { body } = await ask('ConceptMap/ndc-cvx/$translate', { system: CVX, code: '52', reverse: 'true' });
    expect(body.parameter[1].part[0]).toEqual({ name: 'equivalence', valueCode: 'narrower' });
    expect(body.parameter[1].part.at(-1)).toEqual({ name: 'source', valueUri: 'urn:jenner:ConceptMap:ndc-cvx' });
  });

  it('says that there is no translation', async () => {
    const { status, body } = await ask('ConceptMap/$translate', { system: CVX, code: '998', targetsystem: CPT });
    expect([status, outputOf(body, 'result'), typeof outputOf(body, 'message')]).toEqual([200, false, 'string']);
  });

  it('keeps to a target value set', async () => {
    const target = 'http://hl7.org/fhir/us/core/ValueSet/us-core-vaccines-cvx';
    expect(await matches({ system: NDC, code: '00006-4096-02', target })).toEqual(['cvx 52']);
  });

  it('takes a map with the request', async () => {
    const element = [{ code: 'a', target: [{ code: 'b', equivalence: 'equal' }] }];
    const conceptMap = {
      resourceType: 'ConceptMap',
      status: 'draft',
      group: [{ source: 'http://a', target: 'http://b', element }],
    };
    const coding = { name: 'coding', valueCoding: { system: 'http://a', code: 'a' } };
    const { body } = await server.post(
      'ConceptMap/$translate',
      parameters({ name: 'conceptMap', resource: conceptMap }, coding),
    );
    expect(body.parameter[1].part[1]).toEqual({ name: 'concept', valueCoding: { system: 'http://b', code: 'b' } });
  });

  test.each([
    [{ code: '08' }, [400, 'value']],
    [{ system: CVX }, [400, 'value']],
    [{ system: CVX, code: '08', url: 'http://example.org/none' }, [404, 'not-found']],
    [{ system: CVX, code: '08', target: 'http://example.org/none' }, [404, 'not-found']],
    [{ system: CVX, code: '08', dependency: 'x' }, [400, 'not-supported']],
  ])('of %j is refused', async (params, expected) => {
    expect(issueOf(await ask('ConceptMap/$translate', params as Record<string, string>))).toEqual(expected);
  });
});

describe('metadata?mode=terminology', () => {
  it('tells the code systems and their editions, and what an expansion can be asked for', async () => {
    const { status, body } = await server.get('metadata?mode=terminology');
    expect([status, body.resourceType, body.kind]).toEqual([200, 'TerminologyCapabilities', 'instance']);
    const cvx = body.codeSystem.find(({ uri }: { readonly uri: string }) => uri === CVX);
    expect(cvx.version).toEqual([{ code: '2025-11-19' }]);
    expect(body.expansion.parameter.map(({ name }: Part) => name)).toContain('activeOnly');
  });
});

describe('the code sets as resources', () => {
  it('are read and searched like any other', async () => {
    const { body } = await server.get('CodeSystem/cvx');
    expect(body).toMatchObject({ url: CVX, status: 'active', content: 'complete', count: 288 });
    for (const params of [
      { url: CVX },
      { code: '998' },
      { name: 'CVX' },
      { identifier: 'urn:ietf:rfc:3986|urn:oid:2.16.840.1.113883.12.292' },
    ]) {
      const found = await ask('CodeSystem', params as Record<string, string>);
      expect(found.body.entry.map(({ resource }: { resource: { id: string } }) => resource.id)).toEqual(['cvx']);
    }
    expect((await ask('ConceptMap', { 'source-system': NDC })).body.entry).toHaveLength(1);
    expect((await ask('ValueSet', { reference: CVX, status: 'active' })).body.entry.length).toBeGreaterThan(1);
  });

  it('serve searches for what is in a value set or below a code', async () => {
    const vaccineCode = (code: string) => ({ coding: [{ system: CVX, code }] });
    const dose = (id: string, code: string) => ({
      resourceType: 'Immunization',
      id,
      status: 'completed',
      vaccineCode: vaccineCode(code),
      patient: { reference: 'Patient/p' },
      occurrenceDateTime: '2024-01-01',
    });
    await server.put('Immunization/in', dose('in', '03'));
    await server.put('Immunization/out', dose('out', 'zzz'));
    const { body } = await ask('Immunization', {
      'vaccine-code:in': 'http://hl7.org/fhir/us/core/ValueSet/us-core-vaccines-cvx',
    });
    expect(body.entry.map(({ resource }: { resource: { id: string } }) => resource.id)).toEqual(['in']);
  });

  it('leave no error in the log', () => {
    expect(server.errors).toEqual([]);
  });
});
