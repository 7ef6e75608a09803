/** The code systems that immunization forecasts are written in (ImmDS 2.0.0), and those of this registry's own. */

export const CVX = 'http://hl7.org/fhir/sid/cvx';
export const SNOMED = 'http://snomed.info/sct';
export const LOINC = 'http://loinc.org';

/** CDSi's observation codes, which have no URI of their own. */
export const CDSI_OBSERVATION = 'urn:jenner:cdsi-observation';
/** CDSi's words for the verdict on a dose, of which FHIR has two only. */
export const EVALUATION_STATUS = 'urn:jenner:cdsi-evaluation-status';
/** The release of CDC's schedule that made an answer, as a tag. */
export const SCHEDULE_TAG = 'urn:jenner:cdsi-schedule';
/** The plain words that say how an answer came about, a line for each fact. */
export const TRACE_EXTENSION = 'urn:jenner:forecast-trace';

const IMMDS = 'http://hl7.org/fhir/us/immds';
export const FORECAST_STATUS = `${IMMDS}/CodeSystem/ForecastStatus`;
export const FORECAST_REASON = `${IMMDS}/CodeSystem/ForecastReason`;
export const STATUS_REASON = `${IMMDS}/CodeSystem/StatusReason`;
export const EVALUATION_PROFILE = `${IMMDS}/StructureDefinition/immds-immunizationevaluation`;
export const RECOMMENDATION_PROFILE = `${IMMDS}/StructureDefinition/immds-immunizationrecommendation`;

const TERMINOLOGY = 'http://terminology.hl7.org/CodeSystem';
export const DOSE_STATUS = `${TERMINOLOGY}/immunization-evaluation-dose-status`;
/** R4's own status codes, which tell due from overdue. */
export const RECOMMENDATION_STATUS = `${TERMINOLOGY}/immunization-recommendation-status`;
export const DATA_ABSENT = `${TERMINOLOGY}/data-absent-reason`;
