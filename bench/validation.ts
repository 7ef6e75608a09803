/** `npm run bench -- validation`: what validation costs beside `JSON.parse` of the same text, in the same run. */
import { readFileSync } from 'node:fs';
import { loadElements } from '../src/definitions/elements.ts';
import { isObject, type JsonObject } from '../src/fhir/resource-content.ts';
import { projectRoot } from '../src/project-root.ts';
import { loadBaseValidation, loadStructureChecks } from '../src/structure-checks.ts';
import { isError } from '../src/validation/finding.ts';

const root = projectRoot();
const read = (path: string): JsonObject => {
  const json: unknown = JSON.parse(readFileSync(new URL(`test/fixtures/${path}`, root), 'utf8'));
  if (!isObject(json)) throw new Error(`${path} is no resource`);
  return json;
};

/** The transaction of a patient, its entries repeated until there are a hundred. */
function bundleOfHundred(): JsonObject {
  const bundle = read('validation/transactions/2019-84680516-c2bb-4dbf-aac8-e806a3f28ae4.json');
  const entries = (bundle['entry'] as readonly JsonObject[]).filter(({ resource }) => isObject(resource));
  const entry = Array.from({ length: 100 }, (_, index) => ({
    ...entries[index % entries.length],
    fullUrl: `urn:uuid:00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
  }));
  return { ...bundle, entry };
}

/** The median of many single runs in microseconds, after the compiler has had its time. */
function medianOf(work: () => unknown): number {
  const warmUntil = performance.now() + 1500;
  while (performance.now() < warmUntil) work();
  const times: number[] = [];
  const until = performance.now() + 1500;
  while (performance.now() < until) {
    const started = performance.now();
    for (let repeat = 0; repeat < 10; repeat++) work();
    times.push((performance.now() - started) * 100);
  }
  return times.sort((left, right) => left - right)[Math.floor(times.length / 2)] ?? Number.NaN;
}

const subjects: Readonly<Record<string, JsonObject>> = {
  'Immunization, US Core': read('us-core-8.0.0/Immunization-imm-1.json'),
  'Immunization, ImmDS': read('immds/Immunization-ImmDSImmunizationExample.json'),
  'Immunization, all elements and a narrative': read('r4/examples/Immunization-example.json'),
  'Bundle of 100': bundleOfHundred(),
};

const checks = await loadStructureChecks(root);
const validate = await loadBaseValidation(root, { elements: await loadElements(root) });
process.stdout.write(`Node ${process.version}; medians in microseconds\n`);
for (const [name, resource] of Object.entries(subjects)) {
  const text = JSON.stringify(resource);
  const structure = checks.get(String(resource['resourceType']));
  const errors = validate(resource, { mode: 'full' }).filter(isError);
  if (!structure || errors.length > 0) throw new Error(`${name} is not valid: ${JSON.stringify(errors[0])}`);
  const parse = medianOf(() => JSON.parse(text));
  const figures = {
    'JSON.parse': parse,
    structure: medianOf(() => structure(resource)),
    bulk: medianOf(() => validate(resource, { mode: 'bulk' })),
    full: medianOf(() => validate(resource, { mode: 'full' })),
  };
  const told = Object.entries(figures).map(
    ([what, time]) => `${what} ${time.toFixed(1)} (x${(time / parse).toFixed(2)})`,
  );
  process.stdout.write(`${name}, ${text.length} characters: ${told.join(', ')}\n`);
}
