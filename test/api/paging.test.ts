import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/jenner.ts';
import { type Entry, putEntry, sendBundle } from './entries.ts';

let server: TestServer;
const TOTAL = 24;
const dose = (id: string, date: string | undefined, lotNumber = 'page') => ({
  resourceType: 'Immunization',
  id,
  status: 'completed',
  vaccineCode: { text: 'x' },
  patient: { reference: 'Patient/p' },
  lotNumber,
  ...(date ? { occurrenceDateTime: date } : { occurrenceString: 'unknown' }),
});
/** Several doses share a date, and every third has none. */
const dateOf = (index: number): string | undefined => (index % 3 === 2 ? undefined : `2024-01-${10 + (index % 4)}`);
const ids = Array.from({ length: TOTAL }, (_, index) => `d${String(index).padStart(2, '0')}`);

beforeAll(async () => {
  server = await startTestServer();
  const entries: Entry[] = ids.map((id, index) => putEntry(dose(id, dateOf(index))));
  const people = ids.map((id) => putEntry({ resourceType: 'Patient', id, gender: 'male' } as never));
  expect((await sendBundle(server, 'transaction', [...entries, ...people])).status).toBe(200);
});
afterAll(() => server.close());

interface Link {
  readonly relation: string;
  readonly url: string;
}
interface Page {
  readonly ids: readonly string[];
  readonly next: string | undefined;
}
async function page(search: string): Promise<Page> {
  const { status, body } = await server.get(search);
  expect(status, JSON.stringify(body)).toBe(200);
  return {
    ids: (body.entry ?? []).map(({ resource }: { readonly resource: { readonly id: string } }) => resource.id),
    next: body.link.find(({ relation }: Link) => relation === 'next')?.url,
  };
}
async function walk(search: string, between: () => Promise<unknown> = async () => undefined): Promise<Page[]> {
  const pages: Page[] = [];
  for (let next: string | undefined = search; next; next = pages.at(-1)?.next) {
    pages.push(await page(next));
    await between();
  }
  return pages;
}
const idsIn = (pages: readonly Page[]): string[] => pages.flatMap((found) => found.ids);
const nextOf = async (search: string): Promise<string> => (await page(search)).next ?? '';

describe('paging', () => {
  it.each([1, 2, 3, 5, 7, 8, 12, 23, 24, 25])(
    'goes through everything by pages of %i, each resource once, in one order',
    async (count) => {
      const whole = await page('Immunization?lot-number=page');
      for (const search of ['Immunization?lot-number=page', 'Immunization?patient=p']) {
        const pages = await walk(`${search}&_count=${count}`);
        expect(idsIn(pages)).toEqual(whole.ids);
        expect(pages.slice(0, -1).every((found) => found.ids.length === count)).toBe(true);
        expect(pages).toHaveLength(Math.ceil(TOTAL / count));
      }
      expect(idsIn(await walk(`Patient?_count=${count}`))).toEqual(ids);
    },
  );

  it('puts the newest first and those without a date at the end, each group in the order of ids', async () => {
    const dates = [...new Set(ids.map((_, index) => dateOf(index) ?? ''))].sort().reverse();
    const expected = dates.flatMap((date) => ids.filter((_, index) => (dateOf(index) ?? '') === date));
    expect((await page('Immunization')).ids).toEqual(expected);
  });

  it('neither repeats nor loses what others leave alone while they insert, update and delete', async () => {
    const untouched = new Set(ids.filter((_, index) => index % 4 !== 0));
    let round = 0;
    const disturb = async () => {
      const index = (round++ * 4) % TOTAL;
      const id = ids[index] as string;
      const others = [
        server.post('Immunization', dose('ignored', dateOf(round), 'page')),
        server.put(`Immunization/${id}`, dose(id, `2024-01-${10 + ((index + round) % 6)}`)),
        round % 2
          ? server.delete(`Immunization/${id}`)
          : server.put('Immunization/zz', dose('zz', undefined, `l${round}`)),
      ];
      await Promise.all(others);
    };
    for (const count of [2, 5]) {
      const found = idsIn(await walk(`Immunization?patient=p&_count=${count}`, disturb));
      const seen = found.filter((id) => untouched.has(id));
      expect(new Set(seen)).toEqual(untouched);
      expect(seen).toHaveLength(untouched.size);
    }
  });
});

describe('a page link', () => {
  it('tells nothing of the resources of its page', async () => {
    const next = await nextOf('Immunization?patient=p&_count=3');
    const cursor = new URL(next).searchParams.get('_cursor') ?? '';
    const opened = `${cursor} ${Buffer.from(cursor, 'base64url').toString('latin1')}`;
    expect(ids.some((id) => opened.includes(id))).toBe(false);
    expect(opened).not.toContain('2024');
  });

  it('still opens after a restart, and on another server of the same database', async () => {
    const next = await nextOf('Patient?_count=3');
    const other = await startTestServer({ databaseName: server.jenner.database.db.databaseName });
    const { status, body } = await other.get(next.slice(server.base.length + 1));
    await other.close();
    expect(status).toBe(200);
    expect(body.entry[0].resource.id).toBe(ids[3]);
  });

  it('is refused with 400 where it was tampered with, or belongs to another search or another type', async () => {
    const next = await nextOf('Patient?gender=male&_count=3');
    const cursor = new URL(next).searchParams.get('_cursor') ?? '';
    const flipped = `${cursor.slice(0, 20)}${cursor[20] === 'A' ? 'B' : 'A'}${cursor.slice(21)}`;
    const refused = [
      `Patient?gender=male&_count=3&_cursor=${flipped}`,
      `Patient?gender=male&_count=3&_cursor=${cursor.slice(0, -4)}`,
      'Patient?gender=male&_count=3&_cursor=x',
      'Patient?gender=male&_count=3&_cursor=',
      `Patient?gender=male&_count=4&_cursor=${cursor}`,
      `Patient?gender=female&_count=3&_cursor=${cursor}`,
      `Patient?_count=3&_cursor=${cursor}`,
      `Practitioner?gender=male&_count=3&_cursor=${cursor}`,
      `Patient?gender=male&_count=3&_cursor=${cursor}&_cursor=${cursor}`,
    ];
    for (const search of refused) {
      const { status, body } = await server.get(search);
      expect([search, status, body.issue?.[0].expression]).toEqual([search, 400, ['http._cursor']]);
    }
  });
});
