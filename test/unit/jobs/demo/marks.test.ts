import { describe, expect, it } from 'vitest';
import { markSynthetic } from '../../../../src/jobs/demo/mark.ts';
import { isNationalProviderIdentifier } from '../../../../src/jobs/demo/npi.ts';
import { fromSynthea } from '../../../../src/jobs/demo/synthea.ts';
import type { LoadEntry, LoadItem } from '../../../../src/jobs/load/unit.ts';

describe('the mark of synthetic data', () => {
  it('goes beside what the meta already says and leaves the rest of the text alone', () => {
    const text =
      '{"resourceType":"Basic","x":1.00,"meta":{"tag":[{"system":"s","code":"c"}],"profile":["p"]}, "y":"\\u00e9"}';
    const marked = markSynthetic(text);
    expect(marked.startsWith('{"resourceType":"Basic","x":1.00,"meta":{')).toBe(true);
    expect(marked.endsWith(', "y":"\\u00e9"}')).toBe(true);
    expect(JSON.parse(marked).meta).toMatchObject({
      profile: ['p'],
      security: [{ code: 'HTEST' }],
      tag: [{ system: 's', code: 'c' }, { code: 'synthetic-demonstration' }],
    });
  });

  it('is given once, also to a resource that has no meta yet', () => {
    const once = markSynthetic('{"resourceType":"Basic","id":"b"}');
    expect(JSON.parse(once)).toMatchObject({ id: 'b', meta: { security: [{ code: 'HTEST' }] } });
    expect(markSynthetic(once)).toBe(once);
  });
});

describe('a National Provider Identifier', () => {
  it.each(['1234567893', '1245319599'])('%s has the right check digit', (value) => {
    expect(isNationalProviderIdentifier(value)).toBe(true);
  });

  it.each(['1234567894', '123456789', '12345678930', '123456789x', ''])('%s is none', (value) => {
    expect(isNationalProviderIdentifier(value)).toBe(false);
  });
});

const entryOf = (text: string, request: LoadEntry['request'], fullUrl: string): LoadEntry => ({
  position: { file: 'a.json' },
  resourceType: (JSON.parse(text) as { resourceType: string }).resourceType,
  request,
  fullUrl,
  text,
});

async function textsFrom(units: readonly (readonly LoadEntry[])[]): Promise<readonly (readonly [string, string])[]> {
  async function* items(): AsyncGenerator<LoadItem> {
    for (const entries of units) yield { kind: 'unit', unit: { atomic: true, entries }, bytes: 1 };
  }
  const found: (readonly [string, string])[] = [];
  for await (const item of fromSynthea(items())) {
    if (item.kind === 'unit') for (const { request, text } of item.unit.entries) found.push([request.url, text]);
  }
  return found;
}

describe('what Synthea made', () => {
  const location = entryOf(
    '{"resourceType":"Location","id":"l"}',
    { method: 'POST', url: 'Location', ifNoneExist: 'identifier=s|v' },
    'urn:uuid:l',
  );

  it('gets fixed ids for conditional creates, and conditional references follow', async () => {
    const dose = entryOf(
      '{"resourceType":"Immunization","id":"i","location":{"reference":"Location?identifier=s|v"}}',
      { method: 'PUT', url: 'Immunization/i' },
      'urn:uuid:i',
    );
    const [first, second] = await textsFrom([[location], [dose]]);
    expect(first?.[0]).toBe('Location/l');
    expect(JSON.parse(second?.[1] ?? '')).toMatchObject({ location: { reference: 'Location/l' } });
  });

  it('is taken once where it comes in several Bundles', async () => {
    const again = { ...location, text: '{"resourceType":"Location","id":"l","name":"a little different"}' };
    expect((await textsFrom([[location], [again]])).map(([url]) => url)).toEqual(['Location/l']);
  });

  it('loses its reference to an Encounter that is in no file, and keeps one that is', async () => {
    const dose = (reference: string) =>
      entryOf(
        `{"resourceType":"Immunization","id":"${reference.slice(-1)}","encounter":{"reference":"${reference}"}}`,
        { method: 'PUT', url: `Immunization/${reference.slice(-1)}` },
        'urn:uuid:i',
      );
    const found = await textsFrom([[dose('urn:uuid:x'), dose('Encounter/y')]]);
    expect(found.map(([, text]) => text.includes('encounter'))).toEqual([false, true]);
  });

  it('claims US Core only for practitioners whose number has the right check digit', async () => {
    const practitioner = (npi: string) =>
      entryOf(
        `{"resourceType":"Practitioner","id":"p${npi}","meta":{"profile":["http://hl7.org/fhir/us/core/StructureDefinition/us-core-practitioner"]},"identifier":[{"system":"http://hl7.org/fhir/sid/us-npi","value":"${npi}"}]}`,
        { method: 'PUT', url: `Practitioner/p${npi}` },
        `urn:uuid:${npi}`,
      );
    const found = await textsFrom([[practitioner('1234567893'), practitioner('9999999999')]]);
    expect(found.map(([, text]) => text.includes('us-core-practitioner'))).toEqual([true, false]);
  });
});
