/** What JSON is written as, and what is refused (FHIR R4, json.html, xml.html). */
import { describe, expect, it } from 'vitest';
import { FhirError } from '../../../src/fhir/error.ts';
import { toJson, toXml } from './converter.ts';

const patient = (members: string): string => `{"resourceType":"Patient",${members}}`;
const xmlOf = (content: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><Patient xmlns="http://hl7.org/fhir">${content}</Patient>`;
const narrative = (div: string): string => patient(`"text":{"status":"generated","div":${JSON.stringify(div)}}`);
const XHTML = 'xmlns="http://www.w3.org/1999/xhtml"';

function refusalOf(json: string): FhirError {
  try {
    toXml(json);
  } catch (error) {
    if (error instanceof FhirError) return error;
    throw error;
  }
  throw new Error('It was accepted.');
}

describe('writing XML', () => {
  it('puts the elements in the order of the definition, whatever that of the JSON', () => {
    const json =
      '{"birthDate":"1970","name":[{"given":["A"],"family":"F"}],"id":"1","resourceType":"Patient","active":true}';
    expect(toXml(json)).toBe(
      xmlOf(
        '<id value="1"/><active value="true"/><name><family value="F"/><given value="A"/></name><birthDate value="1970"/>',
      ),
    );
  });

  it('reads JSON with any white space', () => {
    expect(toXml(' {\r\n\t"resourceType" : "Patient" , "name" : [ { "given" : [ "A" , "B" ] } ]\n} ')).toBe(
      xmlOf('<name><given value="A"/><given value="B"/></name>'),
    );
  });

  it('writes ids, urls and values as attributes, and the id of a resource as an element', () => {
    const json = patient(
      '"id":"r","extension":[{"url":"http://example.org/x","id":"e","valueId":"v","_valueId":{"id":"i"}}]',
    );
    expect(toXml(json)).toBe(
      xmlOf('<id value="r"/><extension id="e" url="http://example.org/x"><valueId id="i" value="v"/></extension>'),
    );
  });

  it('escapes what XML reads otherwise, and only that', () => {
    const json = patient('"name":[{"text":"\\u0026 < > \\" \' \\n\\t\\r\\u00e9\\ud83d\\ude00 \\/"}]');
    const value = "&amp; &lt; &gt; &quot; ' &#10;&#9;&#13;é😀 /";
    expect(toXml(json)).toBe(xmlOf(`<name><text value="${value}"/></name>`));
  });

  it('takes lists of values and of their extensions that differ in length', () => {
    const json = patient(
      '"name":[{"given":["A","B"],"_given":[{"id":"a"}]},{"given":["C"],"_given":[null,{"id":"d"}]}]',
    );
    expect(toXml(json)).toBe(
      xmlOf('<name><given id="a" value="A"/><given value="B"/></name><name><given value="C"/><given id="d"/></name>'),
    );
  });

  it('takes extensions that come before, after or without their value', () => {
    const id = '{"id":"b"}';
    const both = xmlOf('<birthDate id="b" value="1970"/>');
    expect(toXml(patient(`"birthDate":"1970","_birthDate":${id}`))).toBe(both);
    expect(toXml(patient(`"_birthDate":${id},"birthDate":"1970"`))).toBe(both);
    expect(toXml(patient(`"_birthDate":${id}`))).toBe(xmlOf('<birthDate id="b"/>'));
  });

  it('adds the namespace to a div that lacks it, and changes nothing else', () => {
    expect(toXml(narrative('<div class="a">x &lt;</div>'))).toContain(`<div ${XHTML} class="a">x &lt;</div>`);
    expect(toXml(narrative(`<div ${XHTML}>\r\n x</div>`))).toContain(`<div ${XHTML}>\r\n x</div>`);
  });

  it('lets a narrative hold nothing that would end it, or begin something else', () => {
    for (const div of [
      `<div ${XHTML}>x</div></text><active value="true"/><text>`,
      `<div ${XHTML}>x</div><div ${XHTML}>y</div>`,
      `<!DOCTYPE div><div ${XHTML}>x</div>`,
      `<?xml version="1.1"?><div ${XHTML}>x</div>`,
      `<div ${XHTML}><?x y?></div>`,
      `<div ${XHTML}>&nbsp;</div>`,
      `<div ${XHTML}><br></div>`,
      `<div ${XHTML}>\u0001</div>`,
      '<div xmlns="http://hl7.org/fhir">x</div>',
      '<p>x</p>',
      'x',
    ]) {
      expect(refusalOf(narrative(div)).status).toBe(400);
    }
  });

  it('drops what stands around a div', () => {
    const json = toJson(toXml(narrative(` <!-- before --><div ${XHTML}>x</div>\n`)));
    expect(json).toBe(narrative(`<div ${XHTML}>x</div>`));
  });
});

describe('refusing JSON', () => {
  it.each([
    ['what is not JSON', '{"resourceType":"Patient"', undefined],
    ['what is no object', '[]', undefined],
    ['what has no resourceType', '{"id":"1"}', undefined],
    ['a property given twice', patient('"active":true,"active":false'), undefined],
    ['a property given twice deep inside', patient('"name":[{"text":"a","te\\u0078t":"b"}]'), undefined],
    ['an unknown property', patient('"shoeSize":42'), 'Patient'],
    ['an unknown property deep inside', patient('"name":[{"text":"a"},{"x":"b"}]'), 'Patient.name[1]'],
    ['__proto__', patient('"__proto__":{"active":true}'), 'Patient'],
    ['resourceType on an element', patient('"name":[{"resourceType":"HumanName","text":"a"}]'), 'Patient.name[0]'],
    ['extensions of what is no primitive', patient('"_name":[{"id":"a"}]'), 'Patient'],
    ['extensions of an id that is an attribute', patient('"name":[{"_id":{"id":"x"}}]'), 'Patient.name[0]'],
    ['extensions of a div', patient('"text":{"_div":{"id":"x"}}'), 'Patient.text'],
    ['one where several may be', patient('"name":{"text":"a"}'), 'Patient.name'],
    ['several where one may be', patient('"active":[true]'), 'Patient.active'],
    ['an empty list', patient('"name":[]'), 'Patient.name'],
    ['a list in a list', patient('"name":[[{"text":"a"}]]'), undefined],
    ['an empty object', patient('"maritalStatus":{}'), 'Patient.maritalStatus'],
    ['null', patient('"active":null'), 'Patient.active'],
    ['null in a list of objects', patient('"name":[null]'), 'Patient.name[0]'],
    [
      'null for both a value and its extensions',
      patient('"name":[{"given":[null],"_given":[null]}]'),
      'Patient.name[0].given[0]',
    ],
    ['a string for an object', patient('"maritalStatus":"M"'), 'Patient.maritalStatus'],
    ['a number for an object', patient('"maritalStatus":1'), 'Patient.maritalStatus'],
    ['two of a choice', patient('"deceasedBoolean":true,"deceasedDateTime":"2026"'), 'Patient.deceased'],
    [
      'two of a choice, one with extensions only',
      patient('"deceasedBoolean":true,"_deceasedDateTime":{"id":"x"}'),
      'Patient.deceased',
    ],
    ['a contained resource without a type', patient('"contained":[{"id":"1"}]'), 'Patient.contained[0]'],
  ])('names the element whose structure is wrong: %s', (_what, json, expression) => {
    const { status, issues } = refusalOf(json);
    expect([status, issues[0]?.code, issues[0]?.expression?.[0]]).toEqual([400, 'structure', expression]);
  });

  it.each([
    ['a string for a boolean', '"active":"true"', 'Patient.active'],
    ['a number for a string', '"name":[{"text":1}]', 'Patient.name[0].text'],
    ['an object for a string', '"name":[{"text":{}}]', 'Patient.name[0].text'],
    ['a string for a number', '"multipleBirthInteger":"1"', 'Patient.multipleBirth'],
    ['a fraction for an integer', '"multipleBirthInteger":1.0', 'Patient.multipleBirth'],
    ['an exponent for an integer', '"multipleBirthInteger":1e2', 'Patient.multipleBirth'],
    ['an empty string', '"gender":""', 'Patient.gender'],
    ['a control character', '"name":[{"text":"a\\u0000"}]', 'Patient.name[0].text'],
    ['half of a surrogate pair', '"name":[{"text":"\\ud83d"}]', 'Patient.name[0].text'],
    ['a url that is a number', '"extension":[{"url":1}]', 'Patient.extension[0].url'],
    ['a div that is not a string', '"text":{"div":1}', 'Patient.text.div'],
  ])('names the element whose value is wrong: %s', (_what, member, expression) => {
    const { status, issues } = refusalOf(patient(member));
    expect([status, issues[0]?.code, issues[0]?.expression?.[0]]).toEqual([400, 'value', expression]);
  });

  it('refuses JSON that nests too deep', () => {
    const deep = patient(`"extension":${'[{"url":"x","extension":'.repeat(50_000)}[]${'}]'.repeat(50_000)}`);
    expect(() => toXml(deep)).toThrow('more than 128 levels');
    expect(() => toXml('['.repeat(50_000) + ']'.repeat(50_000))).toThrow(FhirError);
  });
});
