import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Definitions, loadDefinitions } from '../../../src/definitions/load.ts';
import { compactJson } from '../../../src/fhir/json-text.ts';
import { parseView, subsetResource } from '../../../src/fhir/subset.ts';
import { projectRoot } from '../../../src/project-root.ts';

let definitions: Definitions;
beforeAll(async () => {
  definitions = await loadDefinitions(projectRoot());
});

const SUBSETTED = { system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED' };
const read = (name: string) =>
  compactJson(readFileSync(new URL(`test/fixtures/r4/${name}.json`, projectRoot()), 'utf8'));

function subset(text: string, params: Record<string, string>) {
  const view = parseView(params);
  if (!view) throw new Error('no view');
  const shown = subsetResource(text, view, definitions.elementMarks(JSON.parse(text).resourceType));
  return { text: shown, json: JSON.parse(shown) };
}

describe('a part of a resource', () => {
  it('has the elements that were asked for, the mandatory ones and the modifiers, and says that it is a part', () => {
    const { json } = subset(read('Immunization-example'), { _elements: 'lotNumber,site' });
    expect(Object.keys(json).sort()).toEqual(
      [
        'id',
        'isSubpotent',
        'lotNumber',
        'meta',
        'occurrenceDateTime',
        'patient',
        'resourceType',
        'site',
        'status',
        'vaccineCode',
      ].sort(),
    );
    expect(json.meta.tag).toEqual([SUBSETTED]);
  });

  it('has the id and extensions of a primitive with it', () => {
    const { json } = subset('{"resourceType":"Patient","birthDate":"1974","_birthDate":{"id":"b"},"gender":"male"}', {
      _elements: 'birthDate',
    });
    expect([json._birthDate, json.gender]).toEqual([{ id: 'b' }, undefined]);
  });

  it('knows a choice of types by its name', () => {
    const text =
      '{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":1.00},"issued":"2020"}';
    expect(subset(text, { _elements: 'value' }).text).toContain('"valueQuantity":{"value":1.00}');
  });

  it('has in the summary what HL7 marks so, also within backbone elements', () => {
    const { json } = subset(read('Patient-example'), { _summary: 'true' });
    expect(json.contact ?? json.text).toBeUndefined();
    expect([json.name.length, json.birthDate]).toEqual([3, '1974-12-25']);
    const dose =
      '{"resourceType":"Immunization","performer":[{"function":{"text":"a"},"actor":{"reference":"Practitioner/1"},"extension":[{"url":"http://x"}]}]}';
    expect(subset(dose, { _summary: 'true' }).json.performer).toEqual([
      { function: { text: 'a' }, actor: { reference: 'Practitioner/1' } },
    ]);
  });

  it('has for _summary=text the narrative and what is mandatory, for data all but the narrative', () => {
    const text = read('Immunization-example');
    expect(Object.keys(subset(text, { _summary: 'text' }).json).sort()).toEqual(
      ['id', 'meta', 'occurrenceDateTime', 'patient', 'resourceType', 'status', 'text', 'vaccineCode'].sort(),
    );
    const { json } = subset(text, { _summary: 'data' });
    expect([json.text, json.lotNumber]).toEqual([undefined, JSON.parse(text).lotNumber]);
  });

  it('keeps the rest of meta and marks it once', () => {
    const meta = { versionId: '1', tag: [{ code: 'a' }] };
    const once = subset(JSON.stringify({ resourceType: 'Patient', id: '1', meta }), { _summary: 'data' });
    expect(once.json.meta).toEqual({ versionId: '1', tag: [{ code: 'a' }, SUBSETTED] });
    expect(subset(once.text, { _summary: 'data' }).text).toBe(once.text);
  });

  it.each([
    [{ _summary: 'count' }, 'http._summary'],
    [{ _summary: 'yes' }, 'http._summary'],
    [{ _elements: 'a.b' }, 'http._elements'],
    [{ _elements: 'name', _summary: 'true' }, 'http._elements'],
  ])('is refused for %o', (params, expression) => {
    expect(() => parseView(params)).toThrowError(
      expect.objectContaining({ status: 400, issues: [expect.objectContaining({ expression: [expression] })] }),
    );
  });

  it('is the whole for _summary=false', () => {
    expect(parseView({ _summary: 'false' })).toBeUndefined();
  });
});
