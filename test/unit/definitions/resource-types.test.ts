import { expect, test } from 'vitest';
import { isResourceType, resourceTypes } from '../../../src/definitions/resource-types.ts';

test('lists every served type once', () => {
  expect(new Set(resourceTypes).size).toBe(resourceTypes.length);
  expect(resourceTypes).toContain('Immunization');
});

test('knows its own types by their exact name and nothing else', () => {
  expect(resourceTypes.every(isResourceType)).toBe(true);
  for (const name of ['patient', 'Bundle', 'OperationOutcome', 'Claim', 'toString', '']) {
    expect(isResourceType(name), name).toBe(false);
  }
});
