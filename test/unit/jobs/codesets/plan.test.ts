/** What an import would change, and what it leaves (docs/terminology.md). */
import { describe, expect, it } from 'vitest';
import { buildCdcSets, type CdcResource } from '../../../../src/jobs/codesets/build.ts';
import { planImport } from '../../../../src/jobs/codesets/plan.ts';
import type { SourceRecord } from '../../../../src/jobs/codesets/records.ts';
import type { Source, SourceName } from '../../../../src/jobs/codesets/source.ts';

const cvx = (cvxcode: string, more: SourceRecord = {}): SourceRecord => ({
  cvxcode,
  shortdescription: `vaccine ${cvxcode}`,
  fullvaccinename: '',
  notes: '',
  status: 'Active',
  lastupdated: '1/2/2025',
  ...more,
});
const ndc = (code: string, more: SourceRecord = {}): SourceRecord => {
  const [labeler = '', product = '', pack = ''] = code.split('-');
  return {
    id: code,
    labeler,
    product,
    package: pack,
    ndc: code,
    proprietary: 'X',
    cvx: '01',
    lastupdated: '2025-01-02',
    ...more,
  };
};
const source = (name: SourceName, ...records: SourceRecord[]): Source => ({ name, records });

/** The plan for files, where others are in force. */
function plan(inForce: readonly Source[], given: readonly Source[], allowFewer = false) {
  const resources = buildCdcSets(inForce, '2025-12-09');
  const current = async (type: string, id: string) =>
    resources.find((resource) => resource.resourceType === type && resource.id === id);
  return planImport({ given, inForce, current, today: '2026-01-31', allowFewer });
}

const conceptOf = (resource: CdcResource | undefined, code: string) =>
  resource?.resourceType === 'CodeSystem' ? resource.concept?.find((entry) => entry.code === code) : undefined;
const old = source('cvx', cvx('01'), cvx('02'), cvx('03'));

describe('an import', () => {
  it('of what is in force changes nothing', async () => {
    const sources = [
      old,
      source('vaccine-group', { cvxcode: '01', vaccinegroupname: 'DTAP', cvxforvaccinegroup: '107' }),
    ];
    expect(await plan(sources, sources)).toEqual({
      resources: [],
      changes: [],
      unchanged: ['CodeSystem/cvx', 'CodeSystem/vaccine-group', 'ConceptMap/cvx-vaccine-group'],
    });
  });

  it('tells what is added, changed and retired, and takes its date from the newest entry', async () => {
    const fresh = source(
      'cvx',
      cvx('01'),
      cvx('02', { notes: 'new' }),
      cvx('03', { status: 'Inactive' }),
      cvx('340', { lastupdated: '3/4/2026' }),
    );
    const { changes } = await plan([old], [fresh]);
    expect(changes).toMatchObject([
      {
        set: 'CodeSystem/cvx',
        from: '2025-01-02',
        to: '2026-03-04',
        codes: 4,
        added: ['340'],
        changed: ['02'],
        retired: ['03'],
      },
    ]);
  });

  it('keeps a code that the new file no longer has, as retired, and says so once', async () => {
    const given = source('cvx', cvx('01'), cvx('02'));
    const { changes, resources } = await plan([old], [given], true);
    expect(changes[0]?.retired).toEqual(['03']);
    expect(conceptOf(resources[0], '03')?.property).toContainEqual({ code: 'inactive', valueBoolean: true });
    const again = await planImport({
      given: [given],
      inForce: [given],
      current: async () => resources[0],
      today: '2026-01-31',
      allowFewer: false,
    });
    expect(again.changes).toEqual([]);
  });

  it('of one file of several takes the others from what is in force', async () => {
    const sources = [
      source('ndc-sale', ndc('00001-0001-01')),
      source('ndc-use', ndc('00001-0001-02')),
      source('ndc-link', { id: '1', sale: '00001-0001-01', use: '00001-0001-02', mvx: 'PFR' }),
    ];
    const sale = source('ndc-sale', ndc('00001-0001-01'), ndc('00009-0001-01', { cvx: '340' }));
    const { changes, resources } = await plan([...sources, old], [sale]);
    expect(changes.map(({ set, added, changed, retired }) => [set, added, changed, retired])).toEqual([
      ['CodeSystem/ndc', ['00009-0001-01'], [], []],
      ['ConceptMap/ndc-cvx', ['00009-0001-01'], [], []],
    ]);
    expect(conceptOf(resources[0], '00001-0001-02')?.property).toContainEqual({ code: 'mvx', valueCode: 'PFR' });
  });

  it('is refused where a file has lost much of what is in force, unless that is meant', async () => {
    await expect(plan([old], [source('cvx', cvx('01'))])).rejects.toThrow('looks cut off');
    expect((await plan([old], [source('cvx', cvx('01'))], true)).changes[0]?.retired).toEqual(['02', '03']);
  });

  it('is refused where two files are of one kind', async () => {
    await expect(plan([], [old, old])).rejects.toThrow('Two of the files');
  });
});
