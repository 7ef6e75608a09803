/** Every invariant of R4's StructureDefinitions is held somewhere, or it is said why not; docs/validation-invariants.md lists all. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../../src/project-root.ts';
import { invariants } from '../../../src/validation/invariant/table.ts';
import { enforcement } from './enforcement.ts';

interface Published {
  readonly key: string;
  readonly severity: string;
  readonly expression: string;
  readonly paths: Set<string>;
}

/** On every element, or on every resource: their paths would fill pages. */
const EVERYWHERE = /^(?:ele-1|ext-1|dom-\d)$/;
const folder = new URL('data/profiles/r4/structure-definitions/', projectRoot());
const published = new Map<string, Published>();
for (const name of readdirSync(folder)) {
  const { snapshot } = JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
  for (const { path, constraint = [] } of snapshot.element as { path: string; constraint?: Published[] }[]) {
    for (const { key, severity, expression } of constraint) {
      const id = `${key} ${expression}`;
      const known = published.get(id) ?? { key, severity, expression, paths: new Set<string>() };
      known.paths.add(path);
      published.set(id, known);
    }
  }
}
const rules = [...published.values()].sort((left, right) => left.key.localeCompare(right.key, 'en', { numeric: true }));
const functionsAt = (path: string) => (invariants.get(path) ?? []).map(({ key }) => key);
const isFunction = ({ key, paths }: Published) =>
  key === 'ext-1'
    ? functionsAt('Extension').includes(key)
    : [...paths].every((path) => functionsAt(path).includes(key));

describe('the invariants of R4', () => {
  it('are each a function at every path that has it, or part of the walk, or left out for a reason', () => {
    expect(rules.filter((rule) => !isFunction(rule) && !enforcement[rule.key]).map(({ key }) => key)).toEqual([]);
  });

  it('are not held where R4 has none', () => {
    const strays = [...invariants].flatMap(([path, held]) =>
      held.filter(({ key }) => key !== 'ext-1' && !rules.some((rule) => rule.key === key && rule.paths.has(path))),
    );
    expect(strays).toEqual([]);
  });

  it('have the severity that R4 gives them', () => {
    const others = [...invariants].flatMap(([path, held]) =>
      held.filter(
        ({ key, severity }) =>
          key !== 'ext-1' && rules.find((rule) => rule.key === key && rule.paths.has(path))?.severity !== severity,
      ),
    );
    expect(others).toEqual([]);
  });

  it('are listed in the documentation', async () => {
    const rows = rules.map((rule) => {
      const { where, how } = isFunction(rule)
        ? { where: 'function', how: '' }
        : (enforcement[rule.key] ?? { where: '', how: '' });
      const paths = EVERYWHERE.test(rule.key) ? 'everywhere' : [...rule.paths].join('<br>');
      const place = how ? `${where}: ${how}` : where;
      return `| ${rule.key} | ${rule.severity} | ${paths} | \`${rule.expression.replaceAll('|', '\\|').replaceAll('`', '')}\` | ${place} |`;
    });
    const head = '| key | severity | at | FHIRPath | where |\n| --- | --- | --- | --- | --- |';
    const intro = [
      'Every invariant of the StructureDefinitions in `data/profiles/r4`, and where it is held: `function` is one of',
      '`src/validation/invariant`, compared with the FHIRPath by `fhirpath` in a test. Written by its test.',
    ].join('\n');
    await expect(`# Invariants of R4\n\n${intro}\n\n${head}\n${rows.join('\n')}\n`).toMatchFileSnapshot(
      new URL('docs/validation-invariants.md', projectRoot()).pathname,
    );
  });
});
