import { describe, expect, it } from 'vitest';
import { floorQuery } from '../../../bench/floor-queries.ts';
import { drawFrom } from '../../../bench/random.ts';
import { SHAPES } from '../../../bench/shapes.ts';
import { loadDefinitions } from '../../../src/definitions/load.ts';
import { pageSize } from '../../../src/definitions/server.ts';
import { parseParams } from '../../../src/fhir/search-params.ts';
import { projectRoot } from '../../../src/project-root.ts';
import { parseSearchQuery } from '../../../src/search/parse.ts';
import { isParameterCriterion } from '../../../src/search/query.ts';
import { EVERYTHING, visible } from '../../../src/storage/reach.ts';
import { criteriaFilter } from '../../../src/storage/search/filter.ts';
import { type KeyOrder, keyOrderOf } from '../../../src/storage/search/key-order.ts';
import { orderHint } from '../../../src/storage/search/order-hint.ts';
import { sortOf } from '../../../src/storage/search/page-filter.ts';

const definitions = await loadDefinitions(projectRoot());
const searches = SHAPES.flatMap(({ name, request }) => {
  const { method, path } = request(drawFrom(7), 1000);
  const isQuery = method === 'GET' && path.includes('?') && !/[?&](?:patient\.|_has|_include)/.test(path);
  return isQuery ? [{ name, path }] : [];
});

describe('the floor', () => {
  it.each(searches)('asks the database for $name exactly what the server asks it for', ({ path }) => {
    const [resourceType = '', search = ''] = path.slice(1).split('?');
    const parameters = definitions.searchParameters(resourceType);
    const query = parseSearchQuery(resourceType, parseParams(search), { parameters, baseUrl: 'http://localhost/fhir' });
    const criteria = query.criteria.filter(isParameterCriterion);
    const byHand = floorQuery(search);
    expect(byHand.resourceType).toBe(resourceType);
    expect(byHand.filter).toEqual(visible(EVERYTHING, resourceType, [criteriaFilter(criteria, new Date())]));
    const sort = query.resultParameters.length > 0 ? [{ code: 'birthdate', direction: -1 } as const] : [];
    const order = keyOrderOf(definitions, resourceType, sort) as KeyOrder;
    expect(byHand.hint).toEqual(orderHint(byHand.filter, order.index, definitions.indexes(resourceType)));
    expect(byHand.sort).toEqual(sortOf(order));
    expect(byHand.count).toBe(query.count ?? pageSize.usual);
  });

  it('refuses a search that is none of the shapes', () => {
    expect(() => floorQuery('name=Ada')).toThrow('does not know');
  });
});
