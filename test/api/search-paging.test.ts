/** Pages of one search while others write (FHIR R4, http.html#paging). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/jenner.ts';
import { putEntry, sendBundle } from './entries.ts';
import { type Found, find, idsOf, linkOf, pagesBackFrom, pagesOf } from './search-results.ts';

const ROWS = 2000;
const WRITERS = 8;
let server: TestServer;

const dose = (id: string, index: number, lotNumber: string) => ({
  resourceType: 'Immunization',
  id,
  status: 'completed',
  vaccineCode: { text: 'x' },
  patient: { reference: 'Patient/p' },
  lotNumber,
  ...(index % 40 === 0
    ? { occurrenceString: 'unknown' }
    : { occurrenceDateTime: new Date(1_600_000_000_000 + (index % 500) * 86_400_000).toISOString().slice(0, 10) }),
});
const idAt = (index: number) => `row-${String(index).padStart(5, '0')}`;
/** Every other one is the writers'. */
const untouched = Array.from({ length: ROWS }, (_, index) => index).flatMap((index) =>
  index % 2 ? [idAt(index)] : [],
);

beforeAll(async () => {
  server = await startTestServer();
  const rows = Array.from({ length: ROWS }, (_, index) => putEntry(dose(idAt(index), index, 'start')));
  for (let from = 0; from < ROWS; from += 500) {
    expect((await sendBundle(server, 'transaction', rows.slice(from, from + 500))).status).toBe(200);
  }
});
afterAll(() => server.close());

/** Ids with the time at which they came into being. */
type Created = readonly (readonly [id: string, at: number])[];

/** Writes until it is told to stop: creates, creates and changes, changes and deletes what is not untouched. */
async function write(writer: number, stopped: () => boolean): Promise<Created> {
  const created: (readonly [string, number])[] = [];
  for (let round = 0; !stopped(); round++) {
    const { body } = await server.post('Immunization', dose('ignored', round, 'new'));
    created.push([body.id, Date.parse(body.meta.lastUpdated)]);
    await server.put(`Immunization/${body.id}`, dose(body.id, round + 7, 'newer'));
    const index = ((round * WRITERS + writer) * 2) % ROWS;
    const id = idAt(index);
    if (round % 3 === 0) await server.delete(`Immunization/${id}`);
    else await server.put(`Immunization/${id}`, dose(id, index + round, `moved-${round}`));
    if (round % 3 === 0) await server.put(`Immunization/${id}`, dose(id, index, 'again'));
  }
  return created;
}

async function whileOthersWrite<Result>(work: () => Promise<Result>): Promise<readonly [Result, Created]> {
  let isDone = false;
  const writers = Array.from({ length: WRITERS }, (_, writer) => write(writer, () => isDone));
  const result = await work().finally(() => {
    isDone = true;
  });
  return [result, (await Promise.all(writers)).flat()];
}

describe('pages of a search while others create, change and delete', () => {
  it.each(['', '_sort=date', '_sort=-date', '_sort=_id', '_sort=_lastUpdated', '_sort=-lot-number'])(
    'by %s have each resource that nobody touches once, and none that came into being after the first of them',
    async (sort) => {
      const [pages, created] = await whileOthersWrite(async () => {
        const begun = await find(server, `Immunization?patient=p&_count=97&${sort}`);
        const asOf = Date.now();
        const later: Found[] = [];
        for (let next = linkOf(begun, 'next'); next; next = linkOf(later.at(-1) as Found, 'next')) {
          later.push(await find(server, next));
        }
        return { asOf, ids: [begun, ...later].flatMap(idsOf), later: later.flatMap(idsOf) };
      });
      const found = pages.ids.filter((id) => id.startsWith('row-') && Number(id.slice(4)) % 2 === 1);
      expect(found.toSorted()).toEqual(untouched);
      const after = created.filter(([, at]) => at > pages.asOf).map(([id]) => id);
      expect(after.length).toBeGreaterThan(0);
      expect(pages.later.filter((id) => after.includes(id))).toEqual([]);
    },
  );

  it('lead back the way they came', async () => {
    const pages = await pagesOf(server, 'Immunization?patient=p&_count=301');
    expect((await pagesBackFrom(server, pages.at(-1) as Found)).flat()).toEqual(pages.slice(0, -1).flatMap(idsOf));
  });
});

describe('a resource that comes into being after the first page', () => {
  it('is on none of the later ones, whatever becomes of it', async () => {
    const first = await find(server, 'Immunization?patient=p&_sort=_id&_count=10');
    const id = 'zz-late';
    await server.put(`Immunization/${id}`, dose(id, 1, 'late'));
    await server.put(`Immunization/${id}`, dose(id, 2, 'later'));
    const later: Found[] = [];
    for (let next = linkOf(first, 'next'); next; next = linkOf(later.at(-1) as Found, 'next')) {
      later.push(await find(server, next));
    }
    expect(later.flatMap(idsOf)).not.toContain(id);
    const anew = await find(server, 'Immunization?patient=p&_sort=-_id&_count=1');
    expect(idsOf(anew)).toEqual([id]);
  });
});
