/** Our FHIRPath beside fhirpath.js, the oracle, over mutated examples (hl7.org/fhirpath/N1; FHIR R4, fhirpath.html). */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import fhirpath from 'fhirpath';
import r4 from 'fhirpath/fhir-context/r4';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadElements } from '../../../../src/definitions/elements.ts';
import { projectRoot } from '../../../../src/project-root.ts';
import { resourceItem } from '../../../../src/validation/fhirpath/children.ts';
import type { Item } from '../../../../src/validation/fhirpath/collection.ts';
import { type CompileScope, compileFhirPath, createScope } from '../../../../src/validation/fhirpath/compile.ts';
import { type Json, mutations } from '../mutations.ts';

const root = projectRoot();
const examples = [
  'us-core-8.0.0/Patient-example.json',
  'us-core-6.1.0/Patient-child-example.json',
  'us-core-8.0.0/Immunization-imm-1.json',
  'us-core-8.0.0/Practitioner-practitioner-1.json',
  'us-core-8.0.0/Organization-saint-luke-w-endpoint.json',
  'us-core-6.1.0/Provenance-example-targeted-provenance.json',
  'immds/ImmunizationRecommendation-immunizationrecommendation-forecast-example.json',
].map((name): Json => JSON.parse(readFileSync(new URL(`test/fixtures/${name}`, root), 'utf8')));

/** On any resource: an element that a type does not have is empty. */
const expressions = [
  'identifier.system',
  'identifier.count() + name.count() > 0',
  'identifier.where(system.exists()).value.first()',
  'name.family | name.given',
  'name.given.distinct().count() = name.given.count()',
  "(name.family.exists() or name.given.exists()) xor name.extension.where(url = 'x').exists()",
  'name.all(family.exists() implies given.exists())',
  'name.given.first().length() > 3',
  'name.given.first().substring(1, 2)',
  'name.given.first().upper() & name.family.first().lower()',
  "name.given.first().startsWith('A') or name.given.first().endsWith('y')",
  "name.given.first().contains('m') and name.given.first().indexOf('m') >= 0",
  'name[0].given[1]',
  'name.given.skip(1).take(1)',
  'name.given.last() = name.given.tail().last()',
  "extension.where(url = 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-race').extension.where(url = 'ombCategory').value.code",
  "extension('http://hl7.org/fhir/us/core/StructureDefinition/us-core-race').extension.value.ofType(Coding).display",
  "extension.where(url = 'ombCategory').value.where(code in 'ASKU'|'UNK').exists() implies extension.where(url = 'ombCategory').count() = 1",
  'extension.value is Coding',
  'extension.select(value.exists() != extension.exists())',
  'birthDate < @2000-01-01',
  'birthDate >= @1980',
  'birthDate = birthDate',
  'birthDate.hasValue() and active.hasValue()',
  'active',
  'active.not()',
  'active = true',
  "telecom.where(use = 'home').empty()",
  "telecom.where(system = 'phone').value.matches('^[0-9() -]{5,20}$')",
  "telecom.select(iif(system = 'phone', value, use))",
  'telecom.rank.first() + 1',
  'telecom.rank.first() * 2 - 1',
  '7 mod 4 = 3 and 7 div 2 = 3 and -1 < 0',
  'address.line.first().toInteger()',
  "vaccineCode.coding.where(system='http://hl7.org/fhir/sid/cvx').exists() implies vaccineCode.coding.where(system='http://hl7.org/fhir/sid/ndc').exists()",
  "vaccineCode.coding.where(system='http://hl7.org/fhir/sid/ndc').empty()",
  "vaccineCode.coding.code contains '88'",
  'vaccineCode.coding.isDistinct()',
  'vaccineCode.coding = vaccineCode.coding',
  'vaccineCode.coding.first() ~ vaccineCode.coding.last()',
  'occurrence',
  'occurrence is dateTime',
  'occurrence.ofType(dateTime)',
  'occurrence < @2030-01-01T00:00:00Z',
  "status = 'completed' and status != 'entered-in-error'",
  "status !~ 'COMPLETED'",
  'recommendation.all(vaccineCode.exists() or targetDisease.exists())',
  'recommendation.dateCriterion.value > @2010-01-01',
  'agent.all(who.reference.exists() or who.display.exists())',
  "meta.profile.exists($this.startsWith('http'))",
  'meta.profile.select($index)',
  'identifier.children().count()',
  'descendants().where($this is Coding).count()',
  'contact.telecom.descendants().count() > 2',
  'name.given.union(name.family).count()',
  'name.given.combine(name.given).count()',
  'name.given.intersect(name.given).count() = name.given.distinct().count()',
  'name.given.exclude(name.given).empty()',
  'name.given.subsetOf(name.given) and name.given.supersetOf(name.given)',
  'name.exists().not() or {}.empty()',
  "gender in ('male' | 'female')",
  "name.where($this.use = 'old' or period.start.exists()).period.end",
  '%resource.id = id',
  '%resource.name.count() = name.count()',
  "iif(active, 'yes', 'no')",
  'true and {}',
  'false and {}',
  'true or {}',
  '{} implies true',
  '{} implies false',
  'true implies {}',
  'true xor {}',
];

const npi = "identifier.where(system = 'http://hl7.org/fhir/sid/us-npi')";

let scope: CompileScope;
beforeAll(async () => {
  scope = createScope(await loadElements(root));
});

function ours(expression: string, resource: Json): unknown {
  const evaluate = compileFhirPath(expression, scope);
  const item = resourceItem(resource);
  try {
    const context = [item];
    const around = { resource: item, rootResource: item, context, memberOf: () => undefined };
    return evaluate(context, around).map(({ value, companion }: Item) => value ?? companion);
  } catch {
    return 'fails';
  }
}

function theirs(expression: string, resource: Json): unknown {
  try {
    // The oracle marks what it is given.
    const copy = structuredClone(resource);
    const found = fhirpath.evaluate(copy, expression, { resource: copy }, r4) as readonly unknown[];
    return JSON.parse(JSON.stringify(found));
  } catch {
    return 'fails';
  }
}

describe('FHIRPath', () => {
  it.each(expressions)('gives what fhirpath.js gives for %s', (expression) => {
    fc.assert(
      fc.property(fc.constantFrom(...examples), mutations, (example, mutate) => {
        const resource = mutate(example);
        const expected = theirs(expression, resource);
        expect(ours(expression, resource)).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  it('checks the digits of an NPI as fhirpath.js does', () => {
    const doubled = (at: number) =>
      `(select(value.substring(${at},1).toInteger()).select(iif($this<5, $this*2, (($this*2)-9))))`;
    const single = (at: number) => `(value.substring(${at},1).toInteger())`;
    const sum = Array.from({ length: 10 }, (_, at) => (at % 2 === 0 && at < 9 ? doubled(at) : single(at))).join('+');
    const expression = `${npi}.select((${sum} + 24) mod 10 = 0)`;
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9]{9,11}$/), (value) => {
        const resource = {
          resourceType: 'Practitioner',
          identifier: [{ system: 'http://hl7.org/fhir/sid/us-npi', value }],
        };
        expect(ours(expression, resource)).toEqual(theirs(expression, resource));
      }),
      { numRuns: 100 },
    );
  });
});
