import type { SearchParameter } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { compileSearchParameter } from '../../../../src/search/compile.ts';
import { extractIndexEntries } from '../../../../src/search/extract.ts';
import { matchesQuery } from '../../../../src/search/match.ts';
import { parseSearchQuery } from '../../../../src/search/parse.ts';
import { definitions } from '../declared.ts';
import { finds, NOW, type TestResource } from '../search.ts';

/** R4's own example of a number parameter, which HL7 describes but doesn't declare. */
const doseNumber: SearchParameter = {
  resourceType: 'SearchParameter',
  url: 'http://example.org/SearchParameter/dose-number',
  name: 'dose-number',
  status: 'active',
  description: 'Dose number within the series',
  code: 'dose-number',
  base: ['ImmunizationRecommendation'],
  type: 'number',
  expression: '(ImmunizationRecommendation.recommendation.doseNumber as positiveInt)',
};
const parameter = compileSearchParameter(doseNumber, 'ImmunizationRecommendation', definitions);

function findsDose(doseNumberPositiveInt: number, value: string): boolean {
  const resource = { resourceType: 'ImmunizationRecommendation', recommendation: [{ doseNumberPositiveInt }] };
  const query = parseSearchQuery('ImmunizationRecommendation', { 'dose-number': value }, { parameters: [parameter] });
  return matchesQuery(extractIndexEntries(resource, [parameter]), query, NOW);
}

describe('a number parameter on whole numbers', () => {
  it.each([
    ['2', 2, true],
    ['2', 3, false],
    ['2.0', 2, true],
    ['2.5', 2, false],
    ['2.5', 3, false],
    ['1e2', 95, true],
    ['1e2', 104, true],
    ['1e2', 105, false],
    ['1.00e2', 101, false],
    ['gt2', 3, true],
    ['gt2', 2, false],
    ['lt2', 1, true],
    ['lt2', 2, false],
    ['ge2', 2, true],
    ['le2', 2, true],
    ['ge2', 1, false],
    ['le2', 3, false],
    ['sa2', 3, true],
    ['sa2', 2, false],
    ['eb2', 1, true],
    ['eb2', 2, false],
    ['ne2', 3, true],
    ['ne2', 2, false],
    ['ap100', 90, true],
    ['ap100', 110, true],
    ['ap100', 89, false],
    ['ap100', 111, false],
  ])('dose-number=%s on %d: %s', (value, stored, found) => {
    expect(findsDose(stored, value)).toBe(found);
  });
});

const measured = (valueQuantity: object): TestResource => ({ resourceType: 'Observation', valueQuantity });

describe('the precision that a written number implies', () => {
  it.each([
    ['100', 99.5, true],
    ['100', 100.49, true],
    ['100', 100.5, false],
    ['100', 99.49, false],
    ['100.00', 99.995, true],
    ['100.00', 100.004, true],
    ['100.00', 100.005, false],
    ['1e2', 95, true],
    ['1e2', 94.99, false],
    ['1e2', 105, false],
    ['1.00e2', 100.4, true],
    ['1.00e2', 100.6, false],
    ['5.4', 5.35, true],
    ['5.4', 5.45, false],
    ['5.40', 5.405, false],
    ['5.40e-3', 0.0054, true],
    ['5.40e-3', 0.005405, false],
    ['0.1', 0.05, true],
    ['0.1', 0.15, false],
    ['-5', -5.5, true],
    ['-5', -4.5, false],
    ['0', 0.4, true],
    ['0', -0.5, true],
    ['ne100', 100.4, false],
    ['ne100', 100.5, true],
    ['lt100', 99.99999, true],
    ['lt100', 100, false],
    ['gt100', 100.00001, true],
    ['gt100', 100, false],
    ['ge100', 100, true],
    ['ge100', 99.99999, false],
    ['le100', 100, true],
    ['ap100', 90, true],
    ['ap100', 110.01, false],
    ['ap1', 1.4, true],
  ])('value-quantity=%s on %d: %s', (value, stored, found) => {
    expect(finds(measured({ value: stored }), { 'value-quantity': value })).toBe(found);
  });
});

describe('the unit of a quantity', () => {
  const UCUM = 'http://unitsofmeasure.org';
  const dose = measured({ value: 5.4, unit: 'milligram', system: UCUM, code: 'mg' });

  it.each([
    ['5.4', true],
    [`5.4|${UCUM}|mg`, true],
    [`5.4|${UCUM}|Mg`, false],
    [`5.4|${UCUM}|milligram`, false],
    [`5.4|http://example.org|mg`, false],
    [`5.4|${UCUM}|`, true],
    ['5.4|http://example.org|', false],
    ['5.4||mg', true],
    ['5.4||milligram', true],
    ['5.4||g', false],
    [`6|${UCUM}|mg`, false],
    [`ap5|${UCUM}|mg`, true],
  ])('value-quantity=%s: %s', (value, found) => {
    expect(finds(dose, { 'value-quantity': value })).toBe(found);
  });

  it('is none where the resource names none', () => {
    expect(finds(measured({ value: 5.4 }), { 'value-quantity': '5.4||mg' })).toBe(false);
  });
});

describe('quantities that are ranges', () => {
  it.each([
    ['gt3', { valueQuantity: { value: 5, comparator: '<' } }, true],
    ['gt5', { valueQuantity: { value: 5, comparator: '<' } }, false],
    ['5', { valueQuantity: { value: 5, comparator: '<' } }, false],
    ['lt1000', { valueQuantity: { value: 5, comparator: '>=' } }, true],
    ['sa4', { valueQuantity: { value: 5, comparator: '>' } }, true],
    ['gt15', { valueSampledData: { origin: { value: 10 }, data: '1 E 6' } }, true],
    ['gt16', { valueSampledData: { origin: { value: 10 }, data: '1 E 6' } }, false],
    ['gt19', { valueSampledData: { origin: { value: 10 }, factor: 2, data: 'L 5', lowerLimit: -3 } }, true],
    ['lt5', { valueSampledData: { origin: { value: 10 }, factor: 2, data: 'L 5', lowerLimit: -3 } }, true],
    ['ge0', { valueSampledData: { origin: { value: 10 }, data: 'E' } }, false],
  ])('value-quantity=%s on %j: %s', (value, content, found) => {
    expect(finds({ resourceType: 'Observation', ...content }, { 'value-quantity': value })).toBe(found);
  });

  it.each([
    ['35', { low: { value: 30 }, high: { value: 40 } }, false],
    ['ge35', { low: { value: 30 }, high: { value: 40 } }, true],
    ['lt35', { low: { value: 30 }, high: { value: 40 } }, true],
    ['sa35', { low: { value: 36 } }, true],
    ['gt1000', { low: { value: 36 } }, true],
    ['eb35', { high: { value: 34 } }, true],
    ['ge0', {}, false],
    ['0', { low: { value: 105 }, high: { value: 0 } }, false],
    ['ne7', { low: { value: 105 }, high: { value: 0 } }, false],
  ])('onset-age=%s on a Range %j: %s', (value, onsetRange, found) => {
    expect(finds({ resourceType: 'Condition', onsetRange }, { 'onset-age': value })).toBe(found);
  });
});
