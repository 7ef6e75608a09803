/** Cases that are valid or broken in one way, each judged as R4 does; the verdicts are listed in docs/validation-cases.md. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/fhir/resource-content.ts';
import { projectRoot } from '../../../src/project-root.ts';
import { type Finding, isError } from '../../../src/validation/finding.ts';
import type { Validate } from '../../../src/validation/validate.ts';
import { baseValidation } from '../../support/base-validation.ts';

interface Case {
  readonly name: string;
  readonly expect: 'valid' | 'invalid';
  readonly hl7Schema: string;
  readonly judgement?: boolean;
  readonly resource: JsonObject;
}

const file = (path: string): URL => new URL(path, projectRoot());
const cases = JSON.parse(readFileSync(file('test/fixtures/validation/cases.json'), 'utf8')) as readonly Case[];

let validate: Validate;
beforeAll(async () => {
  validate = await baseValidation();
});

const errorsOf = ({ resource }: Case): readonly Finding[] => validate(resource, { mode: 'full' }).filter(isError);

describe('a case of validation', () => {
  it.each(cases.map((one) => [one.name, one] as const))('is judged as R4 does: %s', (_name, one) => {
    expect(errorsOf(one).length > 0 ? 'invalid' : 'valid').toBe(one.expect);
  });

  it.each(cases.map((one) => [one.name, one] as const))('is judged alike in bulk: %s', (_name, one) => {
    expect(validate(one.resource, { mode: 'bulk' }).some(isError)).toBe(one.expect === 'invalid');
  });

  it('is listed in the documentation with what is found', async () => {
    const rows = cases.map((one) => {
      const found = errorsOf(one).map(({ id, expression }) => `\`${id}\` at \`${expression}\``);
      return `| ${cell(one.name)} | ${one.expect}${one.judgement ? ' (a judgement)' : ''} | ${found.join('<br>') || 'none'} |`;
    });
    const head = '| case | by R4 | errors found |\n| --- | --- | --- |';
    const intro =
      'What each case of `test/fixtures/validation/cases.json` is by R4, and what is found. Written by its test.';
    await expect(`# Cases of validation\n\n${intro}\n\n${head}\n${rows.join('\n')}\n`).toMatchFileSnapshot(
      file('docs/validation-cases.md').pathname,
    );
  });
});

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('{', '\\{');
