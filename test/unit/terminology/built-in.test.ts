/** The code sets that come with the server: whole, fresh, and what the served types bind (FHIR R4, terminologies.html). */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { buildCodeSetIndex, loadCodeSets } from '../../../src/definitions/code-sets.ts';
import { readBuiltInSources } from '../../../src/generate-code-sets.ts';
import { buildCdcSets } from '../../../src/jobs/codesets/build.ts';
import { compareEditions } from '../../../src/jobs/codesets/compare.ts';
import { createTerminology } from '../../../src/terminology/compiled-terminology.ts';

const root = new URL('../../../', import.meta.url);
const codeSets = loadCodeSets(root);
const terminology = createTerminology(codeSets);
const CVX = 'http://hl7.org/fhir/sid/cvx';
const NDC = 'http://hl7.org/fhir/sid/ndc';
const ADMINISTRATIVE_SEX = 'http://terminology.hl7.org/CodeSystem/v3-AdministrativeGender';
const RACE = 'urn:oid:2.16.840.1.113883.6.238';

interface Binding {
  readonly path: string;
  readonly binding?: { readonly strength: string; readonly valueSet?: string };
}

/** Required bindings of every structure definition that is here. */
function requiredValueSets(): readonly string[] {
  const folder = new URL('data/profiles/r4/structure-definitions/', root);
  const urls = readdirSync(folder).flatMap((name) => {
    const { snapshot } = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as {
      readonly snapshot?: { readonly element: readonly Binding[] };
    };
    return (snapshot?.element ?? []).flatMap(({ binding }) =>
      binding?.strength === 'required' && binding.valueSet ? [binding.valueSet] : [],
    );
  });
  return [...new Set(urls)].sort();
}

/** Whole code systems that are no lists: grammars, and what others keep. */
const NOT_LISTED = ['all-time-units', 'all-distance-units', 'mimetypes', 'currencies'].map(
  (id) => `http://hl7.org/fhir/ValueSet/${id}`,
);

describe('the built-in code sets', () => {
  it('have an index that is fresh; where not, run `npm run generate` and commit it', () => {
    const digest = (text: string) => createHash('sha256').update(text).digest('hex');
    expect(buildCodeSetIndex(root, digest) === readFileSync(new URL('data/codesets/index.json', root), 'utf8')).toBe(
      true,
    );
  });

  it('are, where they come from CDC, what CDC’s files make', () => {
    const fresh = buildCdcSets(readBuiltInSources(root), '2025-12-09');
    expect(fresh).toHaveLength(11);
    const changes = fresh.map((resource) => {
      const own = codeSets.find(({ resourceType, id }) => resourceType === resource.resourceType && id === resource.id);
      return compareEditions(own?.read() as typeof resource | undefined, resource).change;
    });
    expect(changes.filter(Boolean)).toEqual([]);
  });

  it('each have an id, a URL, a version and a date, and codes once each', () => {
    const without = codeSets.filter(({ version, date }) => !version || !date).map(({ id }) => id);
    expect(without).toEqual([]);
    for (const { url, resourceType } of codeSets.filter((entry) => entry.resourceType === 'CodeSystem')) {
      const system = terminology.codeSystem(url);
      expect([resourceType, [...(system?.concepts() ?? [])].length], url).toEqual(['CodeSystem', system?.size]);
      expect(system?.size, url).toBeGreaterThan(0);
    }
  });

  test.each(requiredValueSets())('have the required value set %s', (canonical) => {
    if (canonical.startsWith('http://www.rfc-editor.org/')) return;
    const set = terminology.valueSet(canonical);
    const [url = ''] = canonical.split('|');
    if (NOT_LISTED.includes(url)) expect(set?.obstacles.length).toBeGreaterThan(0);
    else expect(set?.members()?.length, JSON.stringify(set?.obstacles)).toBeGreaterThan(0);
  });

  test.each([
    ['http://hl7.org/fhir/ValueSet/administrative-gender', ['male', 'female', 'other', 'unknown']],
    ['http://hl7.org/fhir/ValueSet/immunization-status', ['completed', 'entered-in-error', 'not-done']],
    ['http://hl7.org/fhir/us/core/ValueSet/birthsex', ['F', 'M', 'ASKU', 'OTH', 'UNK']],
    ['http://hl7.org/fhir/us/core/ValueSet/omb-ethnicity-category', ['2135-2', '2186-5', 'ASKU', 'UNK']],
    ['urn:jenner:ValueSet:iis-eligibility', ['V01', 'V02', 'V03', 'V04', 'V05', 'V22', 'V23', 'V24', 'V25']],
  ])('know the members of %s', (url, codes) => {
    expect(
      terminology
        .valueSet(url)
        ?.members()
        ?.map(({ code }) => code),
    ).toEqual(codes);
  });

  it('keep the leading zeros of CVX, and take every code whatever its status', () => {
    const system = terminology.codeSystem(CVX);
    expect(system?.size).toBe(288);
    expect(system?.concept('08')?.display).toBe('Hep B, adolescent or pediatric');
    expect(system?.concept('8')).toBeUndefined();
    for (const { code } of system?.concepts() ?? []) {
      expect(
        terminology.checkCoding({ valueSet: 'http://hl7.org/fhir/ValueSet/vaccine-code' }, { system: CVX, code }).kind,
      ).toBe('ok');
    }
    expect(terminology.codeSystem('urn:oid:2.16.840.1.113883.12.292')).toBe(system);
  });

  it('know an NDC as 5-4-2, as 11 digits and as FDA writes it', () => {
    const forms = ['00006-4096-02', '00006409602', '0006-4096-02'];
    for (const code of forms) expect(terminology.codeSystem(NDC)?.concept(code)?.display).toBe('VAQTA');
    for (const code of forms) {
      const found = terminology.conceptMap('urn:jenner:ConceptMap:ndc-cvx')?.translate({ system: NDC, code }, false);
      expect(found?.map((entry) => entry.code)).toEqual(['52', 'MSD']);
    }
  });

  it('have several CVX codes for an NDC where CDC has', () => {
    const map = terminology.conceptMap('urn:jenner:ConceptMap:ndc-cvx');
    const several = [...(terminology.codeSystem(NDC)?.concepts() ?? [])].filter(
      ({ code }) =>
        (map?.translate({ system: NDC, code }, false) ?? []).filter(({ system }) => system === CVX).length > 1,
    );
    expect(several).toHaveLength(6);
  });

  it('hold races below their categories', () => {
    expect(terminology.codeSystem(RACE)?.subsumes('1002-5', '1006-6')).toBe('subsumes');
    const detailed = terminology.valueSet('http://hl7.org/fhir/us/core/ValueSet/detailed-race');
    expect([detailed?.contains(RACE, '1006-6'), detailed?.contains(RACE, '2028-9')]).toEqual(['in', 'out']);
    expect(
      terminology.valueSet('http://hl7.org/fhir/us/core/ValueSet/birthsex')?.contains(ADMINISTRATIVE_SEX, 'UN'),
    ).toBe('out');
  });

  it('hold no description of a CPT code', () => {
    const folder = new URL('data/codesets/cdc/', root);
    const { records } = readBuiltInSources(root).find(({ name }) => name === 'cpt') ?? { records: [] };
    expect(records.length).toBeGreaterThan(150);
    expect(records.filter(({ cptdesc }) => cptdesc !== '')).toEqual([]);
    expect(readFileSync(new URL('cpt.xml', folder), 'utf8')).not.toContain('intramuscular');
  });
});
