import { readFile, symlink } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { buildGenerated, writeGenerated } from '../../../src/definitions/generate.ts';
import { loadDefinitions } from '../../../src/definitions/load.ts';
import { projectRoot, projectWith } from './project.ts';

const generated = Object.entries(buildGenerated(await loadDefinitions(projectRoot)));

describe('the generated files', () => {
  test('are the two that the house has a place for', () => {
    expect(generated.map(([path]) => path)).toEqual(['capability-statement.json', 'openapi/openapi.json']);
  });

  test.each(generated)('%s is fresh; where not, run `npm run generate` and commit it', async (path, text) => {
    const committed = await readFile(new URL(path, projectRoot), 'utf8');
    // Not compared by `expect`, which would print both in full.
    expect(committed === text).toBe(true);
  });

  test('are written where they belong, into folders that are made where they are missing', async () => {
    const root = await projectWith({});
    await symlink(new URL('data', projectRoot), new URL('data', root));
    await symlink(new URL('search-params', projectRoot), new URL('search-params', root));
    await writeGenerated(root);
    for (const [path, text] of generated) {
      const written = await readFile(new URL(path, root), 'utf8');
      expect(written === text).toBe(true);
      expect(() => JSON.parse(written)).not.toThrow();
    }
  });
});
