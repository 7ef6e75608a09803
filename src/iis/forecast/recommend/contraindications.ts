/** What the patient must not be given (CDSi logic specification 7.3, Tables 7-5 to 7-7). */
import { isWithinAges } from '../organize-history.ts';
import type { Patient } from '../patient.ts';
import type { AllowableVaccine, AntigenSchedule, AntigenSeries, Cvx } from '../supporting-data.ts';

export interface Contraindications {
  /** The contraindication that excludes every vaccine of the antigen, in CDC's words. */
  readonly antigen: string | undefined;
  /** Vaccines that are excluded, each with the words. */
  readonly vaccines: ReadonlyMap<Cvx, string>;
  /** Administrative guidance of those that apply. */
  readonly guidance: readonly string[];
}

const NONE: Contraindications = { antigen: undefined, vaccines: new Map(), guidance: [] };

export function findContraindications(schedule: AntigenSchedule, patient: Patient): Contraindications {
  if (patient.observations.size === 0) return NONE;
  const ofAntigen = schedule.contraindications.find(
    (entry) => patient.observations.has(entry.code) && isOfAge(entry, patient),
  );
  const ofVaccines = schedule.vaccineContraindications.filter(({ code }) => patient.observations.has(code));
  const vaccines = ofVaccines.flatMap(({ code, text, vaccines: listed }) =>
    listed
      .filter((vaccine) => isOfAge(vaccine, patient))
      .map(({ cvx }) => [cvx, `observation ${code}: ${text}`] as const),
  );
  return {
    antigen: ofAntigen && `observation ${ofAntigen.code}: ${ofAntigen.text}`,
    vaccines: new Map(vaccines),
    guidance: [ofAntigen, ...ofVaccines].flatMap((entry) => (entry?.guidance ? [entry.guidance] : [])),
  };
}

/** The age that counts is the one on the assessment date (CALCDTCI-1, -2). */
const isOfAge = (range: Partial<AllowableVaccine>, { assessmentDate, birthDate }: Patient): boolean =>
  isWithinAges(assessmentDate, birthDate, range);

/** Why the series is contraindicated: the antigen is, or every preferable vaccine of the series (Table 7-7). */
export function contraindicationOf(found: Contraindications, { doses }: AntigenSeries): string | undefined {
  if (found.antigen !== undefined || found.vaccines.size === 0) return found.antigen;
  const preferable = doses.flatMap(({ preferableVaccines }) => preferableVaccines);
  const isExcluded = preferable.length > 0 && preferable.every(({ cvx }) => found.vaccines.has(cvx));
  return isExcluded ? found.vaccines.get(preferable[0]?.cvx ?? '') : undefined;
}
