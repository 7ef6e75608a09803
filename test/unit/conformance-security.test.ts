/** The table of proven security statements, held to the titles of the tests. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const tests = join(import.meta.dirname, '..');
const table = readFileSync(join(tests, '../docs/conformance-security.md'), 'utf8');
const rows = [...table.matchAll(/^\| ([A-Z]{3}-\d\d) \| .+ \| (not proven: .+|`.+`) \|$/gm)].map(
  ([, id = '', where = '']) => ({
    id,
    files: where.startsWith('not proven') ? [] : [...where.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file),
  }),
);
const written = new Map(
  readdirSync(tests, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => [file, readFileSync(join(tests, file), 'utf8')]),
);

describe('docs/conformance-security.md', () => {
  it('lists every statement of level P0', () => {
    const counts = new Map<string, number>();
    for (const { id } of rows) counts.set(id.slice(0, 3), (counts.get(id.slice(0, 3)) ?? 0) + 1);
    const expected = { TOK: 20, SCO: 20, CMP: 8, TEN: 4, WRT: 16, SRC: 27, ERR: 4, INJ: 10, DOS: 8 };
    expect(Object.fromEntries(counts)).toEqual(expected);
  });

  it.each(rows.filter(({ files }) => files.length > 0))('is right that $files prove $id', ({ id, files }) => {
    for (const file of files) expect(written.get(file)).toContain(id);
  });

  it('passes over no test that is skipped', () => {
    const access = [...written].filter(([file]) => file.startsWith('api/access/') || file.startsWith('unit/auth/'));
    expect(access.filter(([, text]) => /\b(it|describe)\.(skip|todo|only)\b/.test(text))).toEqual([]);
  });
});
