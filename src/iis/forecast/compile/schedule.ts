/** Compiles the schedule file: vaccines, groups, conflicts, observations (CDSi logic specification, chapter 3). */
import type { Cvx, Observation, Schedule, Vaccine, VaccineConflict, VaccineGroup } from '../supporting-data.ts';
import { optional, parseCvx, parseDuration, parseYesNo, required } from './fields.ts';
import { refuseUnknownElements, SCHEDULE_ELEMENTS } from './known-elements.ts';
import { childOf, childrenOf, parseXml, textOf, type XmlElement } from './xml-element.ts';

/** The schedule whose `ScheduleSupportingData` file has this text. */
export function compileSchedule(xml: string): Schedule {
  const root = parseXml(xml);
  refuseUnknownElements(root, SCHEDULE_ELEMENTS);
  const vaccines = childrenOf(childOf(root, 'cvxToAntigenMap'), 'cvxMap').map(compileVaccine);
  const observations = childrenOf(childOf(root, 'observations'), 'observation').map(compileObservation);
  return {
    vaccines: new Map(vaccines.map((vaccine) => [vaccine.cvx, vaccine])),
    vaccineGroups: compileVaccineGroups(root),
    conflicts: compileConflicts(childrenOf(childOf(root, 'liveVirusConflicts'), 'liveVirusConflict')),
    observations: new Map(observations.map((observation) => [observation.code, observation])),
  };
}

const compileVaccine = (element: XmlElement): Vaccine => ({
  cvx: parseCvx(textOf(element, 'cvx')),
  name: required(element, 'shortDescription'),
  associations: childrenOf(element, 'association').map((association) => ({
    antigen: required(association, 'antigen'),
    ...optional('beginAge', textOf(association, 'associationBeginAge'), parseDuration),
    ...optional('endAge', textOf(association, 'associationEndAge'), parseDuration),
  })),
});

function compileVaccineGroups(root: XmlElement): readonly VaccineGroup[] {
  const antigens = new Map(
    childrenOf(childOf(root, 'vaccineGroupToAntigenMap'), 'vaccineGroupMap').map((map) => [
      required(map, 'name'),
      childrenOf(map, 'antigen').map(({ text }) => text),
    ]),
  );
  return childrenOf(childOf(root, 'vaccineGroups'), 'vaccineGroup').map((group) => {
    const name = required(group, 'name');
    // Left out for groups of one antigen, where there is nothing to give in full.
    const isFull = parseYesNo(textOf(group, 'administerFullVaccineGroup') ?? 'No', 'the full vaccine group flag');
    return { name, administerFullVaccineGroup: isFull, antigens: antigens.get(name) ?? [] };
  });
}

function compileConflicts(elements: readonly XmlElement[]): Schedule['conflicts'] {
  const conflicts = new Map<Cvx, Map<Cvx, VaccineConflict>>();
  for (const element of elements) {
    const previous = parseCvx(textOf(childOf(element, 'previous'), 'cvx'));
    const byCurrent = conflicts.get(previous) ?? new Map<Cvx, VaccineConflict>();
    byCurrent.set(parseCvx(textOf(childOf(element, 'current'), 'cvx')), compileConflict(element));
    conflicts.set(previous, byCurrent);
  }
  return conflicts;
}

const compileConflict = (element: XmlElement): VaccineConflict => ({
  beginInterval: parseDuration(required(element, 'conflictBeginInterval')),
  minimumEndInterval: parseDuration(required(element, 'minConflictEndInterval')),
  endInterval: parseDuration(required(element, 'conflictEndInterval')),
});

const compileObservation = (element: XmlElement): Observation => ({
  code: required(element, 'observationCode'),
  title: required(element, 'observationTitle'),
  codedValues: childrenOf(childOf(element, 'codedValues'), 'codedValue').map((value) => ({
    code: required(value, 'code'),
    codeSystem: required(value, 'codeSystem'),
    text: textOf(value, 'text') ?? '',
  })),
});
