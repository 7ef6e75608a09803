/** The elements that CDC's two schemas declare: one that is new in a release means something the compiler would miss. */
import { unknownValue } from './fields.ts';
import type { XmlElement } from './xml-element.ts';

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** AntigenSupportingData.xsd, the same in 4.64 and 4.65. */
export const ANTIGEN_ELEMENTS = words(`
  absMinAge absMinInt age allowableInterval allowableVaccine antigenSupportingData beginAge birthCountry cessationDate
  clinicalHistory code condition conditionID conditionLogic conditionType conditionalSkip context contraindicatedVaccine
  contraindication contraindicationGuidance contraindicationText contraindications cvx dateOfBirth defaultSeries
  description doseCount doseCountLogic doseNumber doseType earliestRecAge earliestRecInt effectiveDate endAge endDate
  equivalentSeriesGroups exclusion exclusionCode exclusionTitle forecastVaccineType fromMostRecent fromPrevious
  fromRelevantObs fromTargetDose guidance guidelineCode guidelineTitle immunity immunityBirthDate inadvertentVaccine
  indication interval intervalPriority latestRecAge latestRecInt maxAge maxAgeToStart minAge minAgeToStart minInt mvx
  observationCode observationTitle preferableVaccine productPath recurringDose requiredGender seasonalRecommendation
  selectSeries series seriesAdminGuidance seriesDose seriesGroup seriesGroupName seriesGroups seriesName seriesPreference
  seriesPriority seriesType set setDescription setID setLogic startDate targetDisease text tradeName vaccine vaccineGroup
  vaccineType vaccineTypes volume
`);

/** ScheduleSupportingData.xsd, the same in 4.64 and 4.65. */
export const SCHEDULE_ELEMENTS = words(`
  administerFullVaccineGroup antigen association associationBeginAge associationEndAge clarifyingText code codeSystem
  codedValue codedValues conflictBeginInterval conflictEndInterval contraindicationText current cvx cvxMap
  cvxToAntigenMap group indicationText liveVirusConflict liveVirusConflicts minConflictEndInterval name observation
  observationCode observationTitle observations previous scheduleSupportingData shortDescription text vaccineGroup
  vaccineGroupMap vaccineGroupToAntigenMap vaccineGroups vaccineType
`);

/** @throws Error that names an element the schema doesn't declare. */
export function refuseUnknownElements(element: XmlElement, known: ReadonlySet<string>): void {
  if (!known.has(element.name)) throw unknownValue('an element', element.name);
  for (const child of element.children) refuseUnknownElements(child, known);
}
