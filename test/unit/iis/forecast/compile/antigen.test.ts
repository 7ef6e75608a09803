import { describe, expect, it } from 'vitest';
import { compileAntigen } from '../../../../../src/iis/forecast/compile/antigen.ts';
import { compileSupportingData } from '../../../../../src/iis/forecast/compile/supporting-data.ts';

const SELECT =
  '<defaultSeries>Yes</defaultSeries><productPath>No</productPath><seriesGroup>GROUP</seriesGroup>' +
  '<seriesPriority>A</seriesPriority><seriesPreference/>';

const skip = (condition: string) =>
  `<conditionalSkip><context>Both</context><setLogic>n/a</setLogic><set><setDescription>S</setDescription>` +
  `<conditionLogic/><condition>${condition}</condition></set></conditionalSkip>`;

const seriesXml = (about: { readonly group?: string; readonly name?: string; readonly dose?: string } = {}) =>
  `<series><seriesName> ${about.name ?? 'S'} </seriesName><targetDisease>A</targetDisease><vaccineGroup>A </vaccineGroup>` +
  `<seriesType>Standard</seriesType><selectSeries>${SELECT.replace('GROUP', about.group ?? '1')}</selectSeries>` +
  `<indication/><seriesDose><doseNumber>Dose 1</doseNumber>${about.dose ?? ''}<recurringDose>No</recurringDose>` +
  `</seriesDose></series>`;

const antigenXml = (...series: readonly string[]) =>
  `<antigenSupportingData><immunity></immunity><contraindications/>${series.join('')}</antigenSupportingData>`;

const firstDose = (dose: string) => compileAntigen(antigenXml(seriesXml({ dose }))).series[0]?.doses[0];

describe('compiling an antigen', () => {
  it('trims names and leaves out what is empty', () => {
    const [compiled] = compileAntigen(antigenXml(seriesXml())).series;
    expect(compiled).toMatchObject({ name: 'S', vaccineGroup: 'A', indications: [], requiredGenders: new Set() });
    expect(compiled?.preference).toBe(Number.POSITIVE_INFINITY);
  });

  it('reads a condition whatever the case of its words', () => {
    const dose = firstDose(
      skip(
        '<conditionType>Vaccine Count By Age</conditionType><doseCount>1</doseCount><doseType>valid</doseType>' +
          '<doseCountLogic>Greater Than</doseCountLogic><vaccineTypes>1; 20</vaccineTypes>',
      ),
    );
    expect(dose?.conditionalSkips[0]?.sets[0]?.conditions).toEqual([
      {
        type: 'vaccine-count',
        count: { logic: 'greater-than', than: 1, doseType: 'valid', vaccineTypes: new Set(['01', '20']) },
      },
    ]);
  });

  it('tells apart the four things that an interval is measured from', () => {
    const dose = firstDose(
      '<interval><fromPrevious>Y</fromPrevious></interval>' +
        '<interval><fromPrevious>N</fromPrevious><fromTargetDose>1</fromTargetDose></interval>' +
        '<interval><fromPrevious>N</fromPrevious><fromMostRecent>09; 28 </fromMostRecent></interval>' +
        '<interval><fromPrevious>N</fromPrevious><fromRelevantObs><code>170</code></fromRelevantObs></interval>',
    );
    expect(dose?.preferableIntervals.map(({ reference }) => reference)).toEqual([
      { from: 'previous-dose' },
      { from: 'target-dose', doseNumber: 1 },
      { from: 'most-recent', vaccineTypes: new Set(['09', '28']) },
      { from: 'observation', code: '170' },
    ]);
  });

  it('puts series that wait for another group after it', () => {
    const waiting = skip('<conditionType>Completed Series</conditionType><seriesGroups>2</seriesGroups>');
    const xml = antigenXml(seriesXml({ name: 'first', dose: waiting }), seriesXml({ name: 'second', group: '2' }));
    expect(compileAntigen(xml).series.map(({ name }) => name)).toEqual(['second', 'first']);
  });

  it('refuses series that wait for each other', () => {
    const waitFor = (group: string) =>
      skip(`<conditionType>Completed Series</conditionType><seriesGroups>${group}</seriesGroups>`);
    const xml = antigenXml(seriesXml({ dose: waitFor('2') }), seriesXml({ group: '2', dose: waitFor('1') }));
    expect(() => compileAntigen(xml)).toThrow('waits itself');
  });

  it.each([
    ['a condition type', skip('<conditionType>Phase of the moon</conditionType>')],
    ['the context of a conditional skip', '<conditionalSkip><context>Never</context></conditionalSkip>'],
    ['what an interval is measured from', '<interval><fromPrevious>N</fromPrevious></interval>'],
    ['a CVX code', '<allowableVaccine><vaccineType>V</vaccineType><cvx>x</cvx></allowableVaccine>'],
    ['a duration', '<age><minAge>two weeks</minAge></age>'],
    ['an element', '<age><medianAge>2 weeks</medianAge></age>'],
  ])('refuses a value that is unknown as %s', (what, dose) => {
    expect(() => firstDose(dose)).toThrow(what);
  });

  it('refuses an antigen whose vaccine group the schedule lacks', () => {
    const schedule = '<scheduleSupportingData><vaccineGroups/></scheduleSupportingData>';
    const release = { version: 'x', schedule, antigens: [antigenXml(seriesXml())] };
    expect(() => compileSupportingData(release)).toThrow('"A" as a vaccine group');
  });
});
