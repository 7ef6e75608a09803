/** Terminology follows what is written, here and on other servers; imports reach every server (docs/terminology.md). */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OPEN_ACCESS } from '../../src/auth/access-context.ts';
import { sourcesInForce } from '../../src/code-set-sources.ts';
import type { CdcResource } from '../../src/jobs/codesets/build.ts';
import { importCodeSets } from '../../src/jobs/codesets/import.ts';
import { readSource, type Source } from '../../src/jobs/codesets/source.ts';
import { projectRoot } from '../../src/project-root.ts';
import { seedCodeSets } from '../../src/seed-code-sets.ts';
import { startTestServers, type TestServer } from '../support/jenner.ts';

const CVX = 'http://hl7.org/fhir/sid/cvx';
const SETS = 'http://example.org/sets';
let here: TestServer;
let there: TestServer;
beforeAll(async () => {
  const servers = await startTestServers(2);
  here = servers[0];
  there = servers[1] ?? servers[0];
});
afterAll(() => here.close());

const codesOf = async (server: TestServer, url: string): Promise<readonly string[]> => {
  const { body } = await server.get(`ValueSet/$expand?url=${encodeURIComponent(url)}`);
  return (body.expansion?.contains ?? []).map(({ code }: { readonly code: string }) => code);
};
const valueSet = (id: string, ...codes: string[]) => ({
  resourceType: 'ValueSet',
  id,
  url: `${SETS}/${id}`,
  status: 'active',
  compose: { include: [{ system: CVX, concept: codes.map((code) => ({ code })) }] },
});

describe('a value set that is written', () => {
  it('is in force at once on its server, and after a look on another', async () => {
    await here.put('ValueSet/a', valueSet('a', '03'));
    expect(await codesOf(here, `${SETS}/a`)).toEqual(['03']);
    expect(await codesOf(there, `${SETS}/a`)).toEqual([]);
    await there.jenner.terminology.refresh();
    expect(await codesOf(there, `${SETS}/a`)).toEqual(['03']);
  });

  it('is replaced, patched and deleted', async () => {
    await here.put('ValueSet/b', valueSet('b', '03'));
    await here.put('ValueSet/b', valueSet('b', '08', '10'));
    expect(await codesOf(here, `${SETS}/b`)).toEqual(['08', '10']);
    await here.patch('ValueSet/b', [{ op: 'remove', path: '/compose/include/0/concept/0' }]);
    expect(await codesOf(here, `${SETS}/b`)).toEqual(['10']);
    await here.delete('ValueSet/b');
    expect((await here.get(`ValueSet/$expand?url=${SETS}/b`)).status).toBe(404);
    await there.jenner.terminology.refresh();
    expect((await there.get(`ValueSet/$expand?url=${SETS}/b`)).status).toBe(404);
  });

  it('by a transaction is in force after it', async () => {
    const request = { method: 'PUT', url: 'ValueSet/c' };
    await here.fhir
      .post('/fhir')
      .set('Content-Type', 'application/fhir+json')
      .send(
        JSON.stringify({
          resourceType: 'Bundle',
          type: 'transaction',
          entry: [{ resource: valueSet('c', '20'), request }],
        }),
      );
    expect(await codesOf(here, `${SETS}/c`)).toEqual(['20']);
  });
});

describe('the code sets of this edition', () => {
  it('answer before they are in the database, and are put there once', async () => {
    const lookup = `CodeSystem/$lookup?system=${encodeURIComponent(CVX)}&code=08`;
    expect([(await here.get(lookup)).status, (await here.get('CodeSystem/cvx')).status]).toEqual([200, 404]);
    expect(await seedCodeSets(here.jenner, here.base)).toBe(here.jenner.codeSets.length);
    expect(await seedCodeSets(there.jenner, there.base)).toBe(0);
    expect([(await here.get(lookup)).status, (await here.get('CodeSystem/cvx')).status]).toEqual([200, 200]);
  });

  it('stay deleted where somebody deleted them', async () => {
    await here.delete('CodeSystem/usps-state');
    const { db } = here.jenner.database;
    await db
      .collection('jenner_schema')
      .updateOne({ _id: 'code-sets' as never }, { $set: { edition: 'an older one' } });
    expect(await seedCodeSets(here.jenner, here.base)).toBe(0);
    expect((await here.get('CodeSystem/$lookup?system=https://www.usps.com/&code=MD')).status).toBe(404);
  });
});

describe('an import', () => {
  const file = (name: string) => readFileSync(new URL(`data/codesets/cdc/${name}`, projectRoot()), 'utf8');
  const NEW =
    '<CVXInfo><ShortDescription>New</ShortDescription><FullVaccinename>New</FullVaccinename><CVXCode>340</CVXCode><Notes/><Status>Active</Status><LastUpdated>3/2/2026</LastUpdated></CVXInfo>';
  const edition = (): Source => readSource(Buffer.from(file('cvx.xml').replace('</CVXCodes>', `${NEW}</CVXCodes>`)));

  const take = async (given: readonly Source[], dryRun = false) =>
    importCodeSets({
      given,
      dryRun,
      inForce: await sourcesInForce(here.jenner.database, projectRoot()),
      today: '2026-03-03',
      allowFewer: false,
      perform: here.jenner.perform,
      caller: { access: OPEN_ACCESS, baseUrl: here.base },
      hasTransactions: here.jenner.database.hasTransactions,
      builtIn: (type, id) =>
        here.jenner.codeSets.find((entry) => entry.resourceType === type && entry.id === id)?.read() as
          | CdcResource
          | undefined,
      progress: () => {},
    });
  const validate = async (server: TestServer, code: string) =>
    (await server.get(`CodeSystem/$validate-code?url=${encodeURIComponent(CVX)}&code=${code}`)).body.parameter[0]
      .valueBoolean;

  it('tells what it would do without doing it, and which stored doses carry its codes', async () => {
    await here.put('Immunization/early', {
      resourceType: 'Immunization',
      id: 'early',
      status: 'completed',
      vaccineCode: { coding: [{ system: CVX, code: '340' }] },
      patient: { reference: 'Patient/p' },
      occurrenceDateTime: '2026-02-01',
    });
    const result = await take([edition()], true);
    expect(result.changes).toMatchObject([
      { set: 'CodeSystem/cvx', added: ['340'], changed: [], retired: [], to: '2026-03-02' },
    ]);
    expect(result.affected).toEqual([{ system: CVX, code: '340', doses: 1 }]);
    expect(await validate(here, '340')).toBe(false);
  });

  it('is in force here and, after a look, on the other server; the old edition is a version of the resource', async () => {
    await take([edition()]);
    expect([await validate(here, '340'), await validate(there, '340')]).toEqual([true, false]);
    await there.jenner.terminology.refresh();
    expect(await validate(there, '340')).toBe(true);
    const { body } = await here.get('CodeSystem/cvx/_history');
    expect(body.entry.map(({ resource }: { resource: { version: string } }) => resource.version)).toEqual([
      '2026-03-02',
      '2025-11-19',
    ]);
    expect((await take([edition()])).changes).toEqual([]);
  });

  it('stays when the server starts with an edition that is older', async () => {
    const { db } = here.jenner.database;
    await db
      .collection('jenner_schema')
      .updateOne({ _id: 'code-sets' as never }, { $set: { edition: 'an older one' } });
    await seedCodeSets(here.jenner, here.base);
    expect(await validate(here, '340')).toBe(true);
  });
});
