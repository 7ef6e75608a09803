import { describe, expect, it } from 'vitest';
import { unitBundleText } from '../../../../src/jobs/load/unit.ts';
import { readFileOf } from './support.ts';

const UUID = '6d74fa0b-99b7-415d-bc86-c7774ed31959';
const OTHER = '84680516-c2bb-4dbf-aac8-e806a3f28ae4';

const bundle = (type: string, entries: readonly string[]) =>
  `{"resourceType":"Bundle","type":"${type}","entry":[${entries.join(', ')}]}`;
const post = (fullUrl: string, resource: string, request = '"url":"Observation"') =>
  `{"fullUrl":"${fullUrl}","resource":${resource},"request":{"method":"POST",${request}}}`;

describe('a transaction', () => {
  it('becomes one atomic unit of puts under the ids its entries already have', async () => {
    const { units } = await readFileOf(
      'a.json',
      bundle('transaction', [
        post(`urn:uuid:${UUID}`, `{"resourceType":"Observation","id":"${UUID}","valueQuantity":{"value":1.00}}`),
        post(`urn:uuid:${OTHER}`, `{"resourceType":"Observation","subject":{"reference":"urn:uuid:${UUID}"}}`),
      ]),
    );
    expect(units).toHaveLength(1);
    expect(units[0]?.atomic).toBe(true);
    expect(units[0]?.entries.map(({ request, text, fullUrl }) => [request, text, fullUrl])).toEqual([
      [
        { method: 'PUT', url: `Observation/${UUID}` },
        `{"resourceType":"Observation","id":"${UUID}","valueQuantity":{"value":1.00}}`,
        `urn:uuid:${UUID}`,
      ],
      [
        { method: 'PUT', url: `Observation/${OTHER}` },
        `{"resourceType":"Observation","id":"${OTHER}","subject":{"reference":"urn:uuid:${UUID}"}}`,
        `urn:uuid:${OTHER}`,
      ],
    ]);
  });

  it('gives a posted resource an id of its own where the one it carries is not its identity', async () => {
    const content = bundle('transaction', [
      post('http://elsewhere.example/fhir/Observation/1', '{"resourceType":"Observation","id":"1"}'),
      '{"resource":{"id":"1","resourceType":"Observation"},"request":{"method":"POST","url":"Observation"}}',
    ]);
    const [first, again] = [await readFileOf('a.json', content), await readFileOf('b.json', content)];
    const urls = first.entries.map(({ request }) => request.url);
    expect(new Set(urls).size).toBe(2);
    expect(urls).not.toContain('Observation/1');
    expect(again.entries.map(({ request }) => request.url)).toEqual(urls);
    expect(first.entries[1]?.text).toBe(`{"id":"${urls[1]?.split('/')[1]}","resourceType":"Observation"}`);
  });

  it('keeps conditional creates, conditional updates and versions as they are', async () => {
    const resource = '{"resourceType":"Observation"}';
    const { entries } = await readFileOf(
      'a.json',
      bundle('transaction', [
        post(`urn:uuid:${UUID}`, resource, '"url":"Observation","ifNoneExist":"identifier=s|v"'),
        `{"resource":${resource},"request":{"method":"PUT","url":"Observation?identifier=s|w"}}`,
        `{"resource":${resource},"request":{"method":"PUT","url":"Observation/o","ifMatch":"W/\\"3\\""}}`,
      ]),
    );
    expect(entries.map(({ request }) => request)).toEqual([
      { method: 'POST', url: 'Observation', ifNoneExist: 'identifier=s|v' },
      { method: 'PUT', url: 'Observation?identifier=s|w' },
      { method: 'PUT', url: 'Observation/o', ifMatch: 'W/"3"' },
    ]);
    expect(entries.map(({ text }) => text)).toEqual([resource, resource, resource]);
  });

  it('is refused as a whole where one of its entries is no write of a resource', async () => {
    const good = post(`urn:uuid:${UUID}`, '{"resourceType":"Observation"}');
    const { units, refusals } = await readFileOf(
      'a.ndjson',
      [
        bundle('transaction', [good, '{"request":{"method":"DELETE","url":"Observation/1"}}']),
        bundle('transaction', [good, post(`urn:uuid:${OTHER}`, '{"resourceType":"Observation"}', '"url":"Patient"')]),
      ].join('\n'),
    );
    expect(units).toEqual([]);
    expect(refusals).toEqual([
      {
        position: { file: expect.any(String), line: 1 },
        why: 'is a transaction whose entry 2 asks for DELETE, not a write',
        resources: 2,
      },
      {
        position: { file: expect.any(String), line: 2 },
        why: 'is a transaction whose entry 2 posts to "Patient"',
        resources: 2,
      },
    ]);
  });
});

describe('a batch or collection', () => {
  it('is read as single entries, references among them made literal', async () => {
    const { units } = await readFileOf(
      'a.json',
      bundle('collection', [
        `{"fullUrl":"urn:uuid:${UUID}","resource":{"resourceType":"Patient"}}`,
        '{"fullUrl":"http://x.example/fhir/Organization/9","resource":{"resourceType":"Organization","id":"9"}}',
        `{"resource":{"resourceType":"Immunization","id":"i","patient":{"reference":"urn:uuid:${UUID}"},
          "manufacturer":{"reference":"http://x.example/fhir/Organization/9"},"doseQuantity":{"value":0.50}}}`,
      ]),
    );
    expect(units.map(({ atomic, entries }) => [atomic, entries.length])).toEqual([[false, 3]]);
    expect(units[0]?.entries.map(({ request }) => request.url)).toEqual([
      `Patient/${UUID}`,
      'Organization/9',
      'Immunization/i',
    ]);
    expect(units[0]?.entries[2]?.text).toContain(`"reference":"Patient/${UUID}"`);
    expect(units[0]?.entries[2]?.text).toContain('"reference":"Organization/9"');
    expect(units[0]?.entries[2]?.text).toContain('"value":0.50');
  });

  it('refuses a bad entry alone and tells its place', async () => {
    const { entries, refusals } = await readFileOf(
      'a.json',
      bundle('batch', [
        '{"request":{"method":"GET","url":"Patient/1"}}',
        post(`urn:uuid:${UUID}`, '{"resourceType":"Observation"}'),
        '7',
        '{"fullUrl":"urn:uuid:x"}',
      ]),
    );
    expect(entries.map(({ request, position }) => [request.url, position.entry])).toEqual([[`Observation/${UUID}`, 2]]);
    expect(refusals.map(({ position }) => position.entry)).toEqual([1, 3, 4]);
  });

  it('takes the result of a search without what the search says about itself', async () => {
    const { entries } = await readFileOf(
      'a.json',
      bundle('searchset', [
        '{"resource":{"resourceType":"Patient","id":"p"},"search":{"mode":"match"}}',
        '{"resource":{"resourceType":"OperationOutcome","issue":[]},"search":{"mode":"outcome"}}',
      ]),
    );
    expect(entries.map(({ request }) => request.url)).toEqual(['Patient/p']);
  });

  it('takes only the newest version from a history, and nothing of what was deleted', async () => {
    const version = (id: string, versionId: number) =>
      `{"fullUrl":"http://x.example/Patient/${id}","resource":{"resourceType":"Patient","id":"${id}",
        "meta":{"versionId":"${versionId}"}},"request":{"method":"POST","url":"Patient"}}`;
    const { entries, refusals } = await readFileOf(
      'a.json',
      bundle('history', [
        '{"fullUrl":"http://x.example/Patient/b","request":{"method":"DELETE","url":"Patient/b"}}',
        version('a', 2),
        version('a', 1),
        version('b', 1),
      ]),
    );
    expect(entries.map(({ request, position }) => [request.url, position.entry])).toEqual([['Patient/a', 2]]);
    expect(entries[0]?.text).toContain('"versionId":"2"');
    expect(refusals).toEqual([]);
  });

  it('refuses a Bundle of a type it does not know', async () => {
    const { refusals } = await readFileOf('a.json', bundle('transaction-response', ['{}', '{}']));
    expect(refusals[0]).toMatchObject({ resources: 2, why: expect.stringContaining('"transaction-response"') });
  });
});

describe('a unit as Bundle text', () => {
  it('is what a server takes, each resource with its own text', async () => {
    const resource = `{"resourceType":"Observation","id":"${UUID}","valueQuantity":{"value":2.50}}`;
    const { units } = await readFileOf('a.json', bundle('transaction', [post(`urn:uuid:${UUID}`, resource)]));
    expect(units.map(unitBundleText)).toEqual([
      `{"resourceType":"Bundle","type":"transaction","entry":[{"fullUrl":"urn:uuid:${UUID}","resource":${resource},` +
        `"request":{"method":"PUT","url":"Observation/${UUID}"}}]}`,
    ]);
  });
});
