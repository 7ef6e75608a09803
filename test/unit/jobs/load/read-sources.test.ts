import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openSource } from '../../../../src/jobs/load/read-source.ts';
import { folderWith, readAll, readFileOf } from './support.ts';

const patient = (id: string) => `{"resourceType":"Patient","id":"${id}"}`;
const lines = (count: number) => Array.from({ length: count }, (_, n) => patient(`p${n}`)).join('\n');

describe('reading files and folders', () => {
  it('walks folders in the order of their names, whatever the order on disk', async () => {
    const folder = await folderWith({
      'b.json': patient('b'),
      'a/z.ndjson': patient('z'),
      'a/Y.jsonl': patient('y'),
      'a/notes.txt': 'not for loading',
      'c.json.gz': gzipSync(patient('c')),
      'd.ndjson.gz': gzipSync(lines(2)),
    });
    const { entries, refusals } = await readAll([folder]);
    expect(entries.map(({ request }) => request.url)).toEqual(
      ['y', 'z', 'b', 'c', 'p0', 'p1'].map((id) => `Patient/${id}`),
    );
    expect(refusals).toEqual([]);
  });

  it('names a path that does not exist or is of another kind, and goes on with the rest', async () => {
    const folder = await folderWith({ 'a.json': patient('a'), 'notes.txt': 'text' });
    const { entries, refusals } = await readAll(['gone.json', 'notes.txt', 'a.json'].map((name) => join(folder, name)));
    expect(entries).toHaveLength(1);
    expect(refusals.map(({ why }) => why)).toEqual([
      'does not exist',
      'is none of .json, .ndjson, .jsonl, each also with .gz',
    ]);
  });

  it('does not follow a link to a folder above in circles', async () => {
    const folder = await folderWith({ 'below/a.json': patient('a') });
    await symlink(folder, join(folder, 'below', 'up'));
    expect((await readAll([folder])).entries).toHaveLength(1);
  });

  it('accounts for every byte of the files, compressed ones by their size on disk', async () => {
    const folder = await folderWith({
      'a.ndjson': lines(1000),
      'b.ndjson.gz': gzipSync(lines(1000)),
      'c.json': 'broken',
    });
    const { items, totalBytes } = await readAll([folder]);
    expect(items.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(totalBytes);
    expect(items.every(({ bytes }) => bytes >= 0)).toBe(true);
  });
});

describe('reading resources one per line', () => {
  it('groups them in units of at most a hundred that are not atomic', async () => {
    const { units } = await readFileOf('a.ndjson', lines(250));
    expect(units.map(({ entries, atomic }) => [entries.length, atomic])).toEqual([
      [100, false],
      [100, false],
      [50, false],
    ]);
  });

  it('starts a new unit where a resource comes again, so that the later version wins', async () => {
    const { units } = await readFileOf('a.ndjson', [patient('a'), patient('b'), patient('a')].join('\n'));
    expect(units.map(({ entries }) => entries.length)).toEqual([2, 1]);
  });

  it('keeps the text exactly, decimals and escapes included', async () => {
    const text = '{"resourceType":"Observation","id":"o", "valueQuantity":{"value":1.00,"unit":"\\u00b5g"}}';
    const { entries } = await readFileOf('a.ndjson', `${text}\r\n\n`);
    expect(entries.map((entry) => entry.text)).toEqual([text]);
  });

  it('splits at line feeds only, so that a string may hold a line separator', async () => {
    const text = '{"resourceType":"Basic","id":"b","language":"a\u2028b\u2029c\u0085d"}';
    const { entries } = await readFileOf('a.ndjson', `${text}\n${patient('p')}`);
    expect(entries.map((entry) => entry.text)).toEqual([text, patient('p')]);
  });

  it('reads a line of several megabytes as well as one', async () => {
    const long = `{"resourceType":"Binary","id":"b","data":"${'A'.repeat(5_000_000)}"}`;
    const { entries } = await readFileOf('a.ndjson.gz', gzipSync(`${long}\n${patient('p')}`));
    expect(entries.map((entry) => entry.text.length)).toEqual([long.length, patient('p').length]);
  });

  it('passes over a line above the limit and goes on with the next', async () => {
    const folder = await folderWith({ 'a.ndjson': `${patient('x'.repeat(64))}\n${patient('p')}\n` });
    const source = { path: join(folder, 'a.ndjson'), bytes: 200, format: 'ndjson', gzip: false } as const;
    const kinds: string[] = [];
    for await (const item of openSource(source, { lineBytes: 50, documentBytes: 50 }).loadables) kinds.push(item.kind);
    expect(kinds).toEqual(['refusal', 'entry']);
  });

  it('gives a resource without an id the same id on every run, and another one to another content', async () => {
    const content = '{"resourceType":"Patient","gender":"female"}\n{"resourceType":"Patient","gender":"male"}';
    const [first, second] = [await readFileOf('a.ndjson', content), await readFileOf('b.jsonl', content)];
    const ids = first.entries.map(({ request }) => request.url);
    expect(new Set(ids).size).toBe(2);
    expect(second.entries.map(({ request }) => request.url)).toEqual(ids);
    const [entry] = first.entries;
    expect(entry?.request.url).toBe(`Patient/${(JSON.parse(entry?.text ?? '') as { id: string }).id}`);
  });

  it('tells the line of what is no resource', async () => {
    const content = ['{"a":1}', '{"resourceType":"Patient"', '[]', patient('p'), '{"resourceType":"Patient","id":7}'];
    const { entries, refusals } = await readFileOf('a.ndjson', content.join('\n'));
    expect(entries).toHaveLength(1);
    expect(refusals.map(({ position, why }) => [position.line, why.split(':')[0]])).toEqual([
      [1, 'is not a resource'],
      [2, 'is not JSON'],
      [3, 'is not a resource'],
      [5, 'has an id that is not a string'],
    ]);
  });

  it('keeps what came before the end of a cut gzip file and says that it is cut', async () => {
    const whole = gzipSync(lines(20_000), { level: 1 });
    const { entries, refusals } = await readFileOf('a.ndjson.gz', whole.subarray(0, whole.length / 2));
    expect(entries.length).toBeGreaterThan(1000);
    expect(refusals.map(({ why }) => why)).toEqual(['is not whole gzip: unexpected end of file']);
  });

  it('refuses a file that is gzip by name only, and text that is not UTF-8', async () => {
    expect((await readFileOf('a.json.gz', patient('a'))).refusals[0]?.why).toMatch(/^is not whole gzip/);
    expect((await readFileOf('a.ndjson', Buffer.from([0x7b, 0xff, 0x7d]))).refusals[0]?.why).toBe('is not UTF-8');
  });
});

describe('reading a JSON document', () => {
  it('takes a single resource, a leading byte order mark aside', async () => {
    const { entries } = await readFileOf('a.json', `\ufeff${patient('a')}\n`);
    expect(entries.map((entry) => entry.text)).toEqual([patient('a')]);
  });

  it('refuses an empty one and one above the limit', async () => {
    expect((await readFileOf('a.json', '')).refusals[0]?.why).toBe('is empty');
    const folder = await folderWith({ 'a.json': patient('a') });
    const source = { path: join(folder, 'a.json'), bytes: 10, format: 'json', gzip: false } as const;
    const whys: string[] = [];
    for await (const item of openSource(source, { lineBytes: 9, documentBytes: 9 }).loadables) {
      if (item.kind === 'refusal') whys.push(item.refusal.why);
    }
    expect(whys).toEqual(['is longer than 0 MB; split it, or give it as NDJSON']);
  });
});
