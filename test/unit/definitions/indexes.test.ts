import { beforeAll, describe, expect, it } from 'vitest';
import { defaultOrderOf, indexesOf } from '../../../src/definitions/indexes.ts';
import { type Definitions, loadDefinitions } from '../../../src/definitions/load.ts';
import { resourceTypes } from '../../../src/definitions/resource-types.ts';
import { projectRoot } from './project.ts';

let definitions: Definitions;
beforeAll(async () => {
  definitions = await loadDefinitions(projectRoot);
});

/** Fields of the server's own, beside those of search parameters. */
const OWN = new Set(['_id', 'lu', 'c']);
const codeOf = (field: string): string => field.replace(/^s_/, '').replace(/\.lo$/, '');

describe.each(resourceTypes)('the indexes of %s', (resourceType) => {
  const indexes = indexesOf(resourceType);
  const parameter = (code: string) => definitions.searchParameters(resourceType).find((one) => one.code === code);

  it('are over fields that its search parameters fill', () => {
    const fields = indexes.flatMap((keys) => keys.map(([field]) => field)).filter((field) => !OWN.has(field));
    expect(fields.filter((field) => parameter(codeOf(field)) === undefined)).toEqual([]);
  });

  it('are nine at most with the one on _id, each write pays for all of them', () => {
    expect(indexes.length + 1).toBeLessThanOrEqual(9);
  });

  it('have at most one field that can hold several values, since no database indexes two in one', () => {
    for (const keys of indexes) {
      const several = keys.filter(([field]) => !OWN.has(field) && parameter(codeOf(field))?.single === false);
      expect(several.length, JSON.stringify(keys)).toBeLessThanOrEqual(1);
    }
  });

  it('include the one that its default order is read by', () => {
    const order = defaultOrderOf(resourceType);
    const wanted =
      order &&
      JSON.stringify([
        [`s_${order.code}.lo`, order.direction],
        ['_id', 1],
      ]);
    if (wanted) expect(indexes.map((keys) => JSON.stringify(keys))).toContain(wanted);
    if (order) expect(parameter(order.code)).toMatchObject({ type: 'date', single: true });
    else expect(indexes).not.toHaveLength(0);
  });
});
