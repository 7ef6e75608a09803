/** Real resources survive both conversions (FHIR R4, xml.html, json.html). */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compactJson } from '../../../src/fhir/json-text.ts';
import { canonicalJson } from './canonical-json.ts';
import { projectRoot, resourceTypes, toJson, toXml } from './converter.ts';

const read = (path: string): string => readFileSync(new URL(path, projectRoot), 'utf8');
const filesIn = (folder: string, ending: string): readonly string[] =>
  readdirSync(new URL(folder, projectRoot))
    .filter((name) => name.endsWith(ending))
    .map((name) => `${folder}/${name}`);

/** They hold a resource type of which this server has no definition. */
const foreign = [
  ['HealthcareService-example.json', 'HealthcareService'],
  ['List-f201.json', 'FamilyMemberHistory'],
] as const;

const folders = [
  'test/fixtures/r4/examples',
  'test/fixtures/r4/us-core-6.1.0',
  'test/fixtures/r4/us-core-8.0.0',
  'data/demo/synthea',
  'data/demo/jurisdiction',
];
const examples = folders
  .flatMap((folder) => filesIn(folder, '.json'))
  .filter((path) => !foreign.some(([name]) => path.endsWith(name)));

describe('a round trip', () => {
  it('has every kind of real resource to go through', () => {
    expect(examples.length).toBeGreaterThan(270);
  });

  it.each(examples)('from JSON through XML gives the same members, strings and digits: %s', (path) => {
    const json = read(path);
    expect(canonicalJson(toJson(toXml(json)))).toBe(canonicalJson(json));
  });

  it.each(examples)('from XML through JSON gives the same text: %s', (path) => {
    const xml = toXml(read(path));
    expect(toXml(toJson(xml))).toBe(xml);
  });

  it.each(foreign)('of %s is refused, as there is no definition of %s', (name, resourceType) => {
    expect(() => toXml(read(`test/fixtures/r4/examples/${name}`))).toThrow(`can't convert "${resourceType}"`);
  });

  it('is possible for each resource type of the definitions, with nothing in it', () => {
    expect(resourceTypes).toHaveLength(39);
    for (const resourceType of resourceTypes) {
      const xml = `<?xml version="1.0" encoding="UTF-8"?><${resourceType} xmlns="http://hl7.org/fhir"/>`;
      expect(toJson(xml)).toBe(`{"resourceType":"${resourceType}"}`);
      expect(toXml(toJson(xml))).toBe(xml);
    }
  });
});

describe('a resource that is written in both formats', () => {
  const names = ['patient', 'observation', 'bundle'];
  const inXml = (name: string): string => read(`test/fixtures/r4/xml/${name}.xml`);
  const inJson = (name: string): string => read(`test/fixtures/r4/xml/${name}.json`);
  const unindented = (text: string): string => text.replace(/\n */g, '').replaceAll('&apos;', "'");

  it.each(names)('has the JSON text that stands beside it, character for character: %s', (name) => {
    expect(toJson(inXml(name))).toBe(compactJson(inJson(name)).trim());
  });

  it.each(names)('has the XML text that stands beside it, character for character: %s', (name) => {
    expect(toXml(inJson(name))).toBe(unindented(inXml(name)));
  });
});
