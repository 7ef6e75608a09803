/** FHIR R4, search.html#total and search.html#count. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MOST_ESTIMATED } from '../../src/storage/search/total.ts';
import { startTestServer, type TestServer } from '../support/jenner.ts';
import { entriesOf, find, idsOf, linkOf, pagesOf, refusalOf } from './search-results.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  const rows = Array.from({ length: MOST_ESTIMATED + 100 }, (_, index) => ({
    _id: `b${String(index).padStart(5, '0')}`,
    v: 1,
    lu: new Date(),
    m: 'PUT' as const,
    sv: 0,
    c: [],
    body: `{"resourceType":"Basic","id":"b${index}"}`,
    s_code: index < 30 ? '=few' : '=many',
  }));
  await server.jenner.database.current('Basic').insertMany(rows);
});
afterAll(() => server.close());

const totalOf = async (search: string) => (await find(server, search)).total;

describe('the total', () => {
  it('is told where the page is all there is, and else where it is asked for', async () => {
    expect(await totalOf('Basic?code=few')).toBe(30);
    expect(await totalOf('Basic?code=few&_count=30')).toBe(30);
    expect(await totalOf('Basic?code=nothing')).toBe(0);
    expect(await totalOf('Basic?code=few&_count=29')).toBeUndefined();
    expect(await totalOf('Basic?code=few&_count=29&_total=none')).toBeUndefined();
    expect(await totalOf('Basic?code=few&_total=none')).toBeUndefined();
  });

  it('is exact where that is wanted, on every page the same', async () => {
    expect(await totalOf('Basic?_total=accurate&_count=1')).toBe(MOST_ESTIMATED + 100);
    const pages = await pagesOf(server, 'Basic?code=few&_total=accurate&_count=11');
    expect(pages.map(({ total }) => total)).toEqual([30, 30, 30]);
  });

  it('is counted only so far where an estimate is enough, and says so', async () => {
    const few = await find(server, 'Basic?code=few&_total=estimate&_count=1');
    expect([few.total, entriesOf(few, 'outcome')]).toEqual([30, []]);
    const many = await find(server, 'Basic?_total=estimate&_count=1');
    expect(many.total).toBe(MOST_ESTIMATED);
    expect(entriesOf(many, 'outcome')[0]?.resource.issue?.[0]?.diagnostics).toContain(`${MOST_ESTIMATED}`);
  });

  it.each(['_count=0', '_summary=count', '_summary=count&_count=10', '_count=0&_total=accurate'])(
    'is all that %s asks for',
    async (asked) => {
      const found = await find(server, `Basic?code=few&${asked}`);
      expect([found.total, found.entry, linkOf(found, 'next')]).toEqual([30, undefined, undefined]);
      expect(linkOf(found, 'self')).toBe(`${server.base}/Basic?code=few&${asked}`);
    },
  );

  it('is an estimate where _count=0 asks for one', async () => {
    const found = await find(server, 'Basic?_count=0&_total=estimate');
    expect([found.total, idsOf(found), entriesOf(found, 'outcome').length]).toEqual([MOST_ESTIMATED, [], 1]);
  });

  it.each(['_total=all', '_total=', '_total=none&_total=none', '_count=ten', '_count=-1', '_count='])(
    'is refused with %s',
    async (asked) => {
      const { status, expression } = await refusalOf(server, `Basic?${asked}`);
      expect([status, expression]).toEqual([400, `http.${asked.split('=')[0]}`]);
    },
  );
});
