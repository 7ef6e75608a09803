/** What XML is read as, and what is refused (FHIR R4, xml.html). */
import { describe, expect, it } from 'vitest';
import { FhirError } from '../../../src/fhir/error.ts';
import { toJson, toXml } from './converter.ts';

const patient = (content: string): string => `<Patient xmlns="http://hl7.org/fhir">${content}</Patient>`;
const narrative = (div: string): string => patient(`<text><status value="generated"/>${div}</text>`);
const XHTML = 'xmlns="http://www.w3.org/1999/xhtml"';

const divOf = (xml: string): unknown => (JSON.parse(toJson(xml)) as { text: { div: unknown } }).text.div;

function refusalOf(xml: string): FhirError {
  try {
    toJson(xml);
  } catch (error) {
    if (error instanceof FhirError) return error;
    throw error;
  }
  throw new Error('It was accepted.');
}

describe('reading XML', () => {
  it('passes over comments, processing instructions and white space between elements', () => {
    const xml = `\ufeff<?xml version="1.0" encoding="utf-8"?>
      <?xml-stylesheet href="a.xsl"?><!-- <DOCTYPE> -->
      ${patient('\r\n\t<!-- one --><active value="true"/><?note two?> ')}<!-- three -->
    `;
    expect(toJson(xml)).toBe('{"resourceType":"Patient","active":true}');
  });

  it('needs no XML declaration', () => {
    expect(toJson(patient('<id value="1"/>'))).toBe('{"resourceType":"Patient","id":"1"}');
  });

  it('goes by namespace, not by prefix', () => {
    const xml = '<f:Patient xmlns:f="http://hl7.org/fhir"><f:name><f:given value="A"/></f:name></f:Patient>';
    expect(toJson(xml)).toBe('{"resourceType":"Patient","name":[{"given":["A"]}]}');
  });

  it('keeps white space in strings where it is written as a reference, as XML does', () => {
    const xml = patient('<name><text value=" a&#10;b&#x9;c&#13;d\ne "/></name>');
    expect(toJson(xml)).toBe('{"resourceType":"Patient","name":[{"text":" a\\nb\\tc\\rd e "}]}');
  });

  it('trims white space around values in which it means nothing', () => {
    const xml = patient('<active value=" true "/><birthDate value="\n1970-01-01 "/><multipleBirthInteger value="2 "/>');
    expect(toJson(xml)).toBe(
      '{"resourceType":"Patient","active":true,"birthDate":"1970-01-01","multipleBirthInteger":2}',
    );
  });

  it('keeps characters beyond the basic plane, and everything that JSON must escape', () => {
    const xml = patient('<name><text value="&#x1F600;😀\\&quot;&#x7F;\u2028"/></name>');
    expect(JSON.parse(toJson(xml))).toEqual({
      resourceType: 'Patient',
      name: [{ text: '\u{1F600}\u{1F600}\\"\u007f\u2028' }],
    });
  });

  it('fills the places of repetitions that have only a value or only extensions with null', () => {
    const extension = '<extension url="http://example.org/x"><valueBoolean value="true"/></extension>';
    const xml = patient(`<name><given>${extension}</given><given id="g" value="B"/><given value="C"/></name>`);
    expect(toJson(xml)).toBe(
      '{"resourceType":"Patient","name":[{"given":[null,"B","C"],' +
        '"_given":[{"extension":[{"url":"http://example.org/x","valueBoolean":true}]},{"id":"g"},null]}]}',
    );
  });

  it('leaves the value out where a primitive has only extensions', () => {
    const xml = patient(
      '<birthDate><extension url="http://example.org/x"><valueCode value="u"/></extension></birthDate>',
    );
    expect(toJson(xml)).toBe(
      '{"resourceType":"Patient","_birthDate":{"extension":[{"url":"http://example.org/x","valueCode":"u"}]}}',
    );
  });

  it('takes a name that JavaScript gives a meaning of its own for what it is: unknown', () => {
    for (const name of ['__proto__', 'constructor', 'toString']) {
      expect(() => toJson(patient(`<${name} value="1"/>`))).toThrow(`has no element <${name}>`);
      expect(() => toJson(`<${name} xmlns="http://hl7.org/fhir"/>`)).toThrow(`"${name}"`);
    }
  });
});

describe('reading a narrative', () => {
  it('keeps every character of the div, with its comments, references and quotes', () => {
    const div = `<div\n ${XHTML} xml:lang='de' ><p  class = "x">1 &lt; 2&#160;<br /></p>\r\n<!-- c --><![CDATA[<]]></div >`;
    expect(divOf(narrative(div))).toBe(div);
    expect(toXml(toJson(narrative(div)))).toContain(div);
  });

  it('takes an empty div', () => {
    expect(divOf(narrative(`<div ${XHTML}/>`))).toBe(`<div ${XHTML}/>`);
  });

  it('finds a div inside a div, and the end of the outer one', () => {
    const div = `<div ${XHTML}><div><div/></div>x</div>`;
    expect(divOf(narrative(div))).toBe(div);
  });

  it('adds the namespace where it is declared outside of the div', () => {
    const xml =
      '<f:Patient xmlns:f="http://hl7.org/fhir" xmlns="http://www.w3.org/1999/xhtml">' +
      '<f:text><f:status value="generated"/><div>x</div></f:text></f:Patient>';
    expect(divOf(xml)).toBe(`<div ${XHTML}>x</div>`);
  });

  it.each([
    ['an element of FHIR', '<div>x</div>'],
    ['an element of another namespace inside', `<div ${XHTML}><svg xmlns="http://www.w3.org/2000/svg"/></div>`],
    ['a prefix', '<h:div xmlns:h="http://www.w3.org/1999/xhtml">x</h:div>'],
    ['an attribute of another namespace', `<div ${XHTML} xmlns:x="http://www.w3.org/1999/xlink" x:href="a">x</div>`],
    ['a processing instruction', `<div ${XHTML}><?php x?></div>`],
    ['another element than div', `<p ${XHTML}>x</p>`],
    ['two of them', `<div ${XHTML}/><div ${XHTML}/>`],
  ])('refuses %s', (_what, div) => {
    const { status, issues } = refusalOf(narrative(div));
    expect([status, issues[0]?.code]).toEqual([400, 'structure']);
    expect(issues[0]?.expression?.[0]).toMatch(/^Patient\.text/);
  });
});

describe('refusing XML', () => {
  it.each([
    ['nothing', ''],
    ['something that is not XML', '{"resourceType":"Patient"}'],
    ['an element that is not closed', '<Patient xmlns="http://hl7.org/fhir">'],
    ['elements that overlap', patient('<name><given value="A"></name></given>')],
    ['an attribute given twice', patient('<active value="true" value="true"/>')],
    ['an attribute without quotes', patient('<active value=true/>')],
    ['a second root', `${patient('')}${patient('')}`],
    ['text after the root', `${patient('')}x`],
    ['a prefix that is not declared', patient('<x:active value="true"/>')],
    ['a character that XML does not have', patient('<name><text value="&#1;"/></name>')],
    ['half of a surrogate pair', patient('<name><text value="&#xD83D;"/></name>')],
    ['an entity that XML does not have', narrative(`<div ${XHTML}>&nbsp;</div>`)],
  ])('names the line and column of what is not well-formed: %s', (_what, xml) => {
    const { status, issues } = refusalOf(xml);
    expect([status, issues[0]?.code]).toEqual([400, 'structure']);
    expect(issues[0]?.diagnostics).toMatch(/^The XML is not well-formed \(line 1, column \d+\): /);
  });

  it.each([
    ['an external entity', '<!DOCTYPE Patient [<!ENTITY x SYSTEM "file:///etc/passwd">]>'],
    ['an external subset', '<!DOCTYPE Patient SYSTEM "http://example.org/a.dtd">'],
    ['entities that grow', '<!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'],
    ['nothing in it', '<!DOCTYPE Patient>'],
  ])('refuses every DOCTYPE: with %s', (_what, doctype) => {
    expect(() => toJson(`<?xml version="1.0"?>${doctype}${patient('<id value="1"/>')}`)).toThrow('has a DOCTYPE');
  });

  it.each([
    ['another version of XML', '<?xml version="1.1"?>'],
    ['another encoding', '<?xml version="1.0" encoding="ISO-8859-1"?>'],
  ])('refuses %s', (_what, declaration) => {
    expect(refusalOf(declaration + patient('')).status).toBe(400);
  });

  it.each([
    ['no namespace', '<Patient/>', undefined],
    ['another namespace', '<Patient xmlns="http://hl7.org/FHIR"/>', undefined],
    ['an element of another namespace', patient('<active xmlns="urn:x" value="true"/>'), 'Patient'],
    [
      'a resource of another namespace',
      patient('<contained><Basic xmlns="urn:x"/></contained>'),
      'Patient.contained[0]',
    ],
    ['an attribute on a resource', '<Patient xmlns="http://hl7.org/fhir" id="1"/>', 'Patient'],
    [
      'the schema instance namespace',
      '<Patient xmlns="http://hl7.org/fhir" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b"/>',
      'Patient',
    ],
    ['an unknown element', patient('<shoeSize value="42"/>'), 'Patient'],
    ['an unknown element deep inside', patient('<name/><name><given value="A"/><x/></name>'), 'Patient.name[0]'],
    ['an unknown element of a second name', patient('<name id="a"/><name><x/></name>'), 'Patient.name[1]'],
    ['an element in a primitive', patient('<active value="true"><x/></active>'), 'Patient.active'],
    ['an unknown attribute', patient('<active value="true" unit="x"/>'), 'Patient.active'],
    ['a value on what has elements', patient('<name value="x"/>'), 'Patient.name[0]'],
    ['url on what is no extension', patient('<name url="x"/>'), 'Patient.name[0]'],
    ['an attribute around a resource', patient('<contained id="x"><Basic/></contained>'), 'Patient.contained[0]'],
    [
      'a url of an extension as an element',
      patient('<extension><url value="x"/></extension>'),
      'Patient.extension[0].url',
    ],
    ['an element twice', patient('<active value="true"/><active value="true"/>'), 'Patient.active'],
    ['an element out of order', patient('<name id="a"/><active value="true"/>'), 'Patient.active'],
    ['repetitions apart', patient('<name id="a"/><gender value="male"/><name id="b"/>'), 'Patient.name[0]'],
    ['two of a choice', patient('<deceasedBoolean value="true"/><deceasedDateTime value="2026"/>'), 'Patient.deceased'],
    ['a type that a choice does not have', patient('<deceasedString value="x"/>'), 'Patient'],
    ['a choice without type', patient('<deceased value="true"/>'), 'Patient'],
    ['no value', patient('<active/>'), 'Patient.active'],
    ['no elements', patient('<name/>'), 'Patient.name[0]'],
    ['no resource inside', patient('<contained/>'), 'Patient.contained[0]'],
    ['two resources in one element', patient('<contained><Basic/><Basic/></contained>'), 'Patient.contained[0]'],
    ['text', patient('<active>true</active>'), 'Patient.active'],
    ['text that is not white space for XML', patient('\u00a0'), 'Patient'],
    ['text in a CDATA section', patient('<![CDATA[x]]>'), 'Patient'],
  ])('names the element whose structure is wrong: %s', (_what, xml, expression) => {
    const { status, issues } = refusalOf(xml);
    expect([status, issues[0]?.code, issues[0]?.expression?.[0]]).toEqual([400, 'structure', expression]);
  });

  it.each([
    ['an empty value', '<active value=""/>', 'Patient.active'],
    ['nothing but white space', '<birthDate value=" "/>', 'Patient.birthDate'],
    ['a boolean in capitals', '<active value="True"/>', 'Patient.active'],
    ['a boolean of XML Schema', '<active value="1"/>', 'Patient.active'],
    ['a fraction for an integer', '<multipleBirthInteger value="1.0"/>', 'Patient.multipleBirth'],
    ['an integer with a plus', '<multipleBirthInteger value="+1"/>', 'Patient.multipleBirth'],
    ['an integer with zeros in front', '<multipleBirthInteger value="01"/>', 'Patient.multipleBirth'],
    ['an empty url', '<extension url=""/>', 'Patient.extension[0]'],
    [
      'a decimal without digits in front',
      '<extension url="x"><valueDecimal value=".5"/></extension>',
      'Patient.extension[0].value',
    ],
    [
      'a decimal that is not a number',
      '<extension url="x"><valueDecimal value="NaN"/></extension>',
      'Patient.extension[0].value',
    ],
    [
      'a decimal in hexadecimal',
      '<extension url="x"><valueDecimal value="0x1"/></extension>',
      'Patient.extension[0].value',
    ],
  ])('names the element whose value is wrong: %s', (_what, content, expression) => {
    const { status, issues } = refusalOf(patient(content));
    expect([status, issues[0]?.code, issues[0]?.expression?.[0]]).toEqual([400, 'value', expression]);
  });

  it('names a resource type that it has no definition of', () => {
    const { status, issues } = refusalOf(patient('<contained><Medication/></contained>'));
    expect([status, issues[0]?.code, issues[0]?.expression]).toEqual([400, 'not-supported', ['Patient.contained[0]']]);
    expect(issues[0]?.diagnostics).toContain('"Medication"');
    for (const name of ['HumanName', 'string', 'Resource', 'DomainResource', 'Patient.contact']) {
      expect(() => toJson(`<${name} xmlns="http://hl7.org/fhir"/>`)).toThrow(`"${name}"`);
    }
  });

  it('refuses elements that nest too deep, in FHIR and in a narrative', () => {
    const deep = (name: string, attributes: string, levels: number): string =>
      `<${name}${attributes}>`.repeat(levels) + `</${name}>`.repeat(levels);
    expect(() => toJson(patient(deep('extension', ' url="x"', 100_000)))).toThrow('more than 128 levels');
    expect(() => toJson(narrative(deep('div', ` ${XHTML}`, 100_000)))).toThrow('more than 128 levels');
  });

  it('tells in which line and column text stands', () => {
    expect(() => toJson(patient('\n  <name>\n    Anna</name>'))).toThrow('(line 3, column ');
  });
});
