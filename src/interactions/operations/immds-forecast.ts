/** $immds-forecast: which doses count, what is due and why (ImmDS 2.0.0, OperationDefinition ImmDSForecastOperation). */
import type { CompartmentPosition } from '../../fhir/compartment.ts';
import { badValue, unprocessable } from '../../fhir/error.ts';
import type { FhirResponse } from '../../fhir/interaction.ts';
import { isObject, type JsonObject } from '../../fhir/resource-content.ts';
import { type CalendarDate, dayOf, parseCalendarDate } from '../../iis/forecast/calendar.ts';
import { type ForecastAnswer, forecastRecord } from '../../iis/forecast/fhir/forecast-record.ts';
import { doseName, isAbout, type PatientRecord } from '../../iis/forecast/fhir/patient-record.ts';
import { checkContent } from '../check-content.ts';
import type { InteractionContext } from '../perform.ts';
import type { Ports } from '../ports.ts';
import type { OperationInput } from './input.ts';
import type { OperationHandler } from './operation.ts';

/** Resources of the record read at a time. */
const PAGE = 1000;

export const immdsForecast: OperationHandler = async ({ id }, input, context) => {
  const schedule = await context.ports.schedules.schedule(input.text('schedule'));
  const assessmentDate = parseAssessmentDate(input.text('assessmentDate'), id !== undefined);
  const record = id === undefined ? givenRecord(input) : await storedRecord(id, input, context);
  const { problems, answer } = forecastRecord(record, { schedule, assessmentDate });
  // What is stored already can't be refused: a dose that isn't understood is told as not evaluated.
  const [refused] = id === undefined || answer === undefined ? problems : [];
  if (refused !== undefined) {
    const issues = problems.map(({ expression, why }) => ({
      severity: 'error' as const,
      code: 'invalid' as const,
      diagnostics: why,
      expression: [expression],
    }));
    throw unprocessable(issues);
  }
  return respond(answer);
};

function parseAssessmentDate(text: string | undefined, isStored: boolean): CalendarDate {
  if (text === undefined && isStored) return dayOf(new Date());
  if (text === undefined) throw badValue('The parameter assessmentDate is required.', 'http.assessmentDate');
  try {
    return parseCalendarDate(text);
  } catch {
    throw badValue('assessmentDate must be a day, such as 2026-01-31.', 'http.assessmentDate');
  }
}

/** The parameters that hold the record, with their types. */
const GIVEN = {
  immunization: 'Immunization',
  condition: 'Condition',
  allergyIntolerance: 'AllergyIntolerance',
  observation: 'Observation',
} as const;

/** The record as the request holds it. */
function givenRecord(input: OperationInput): PatientRecord {
  const patient = input.resource('patient');
  if (patient === undefined) throw badValue('The parameter patient is required.', 'http.patient');
  checkContent(patient);
  const all = (name: keyof typeof GIVEN): readonly JsonObject[] =>
    input.resources(name).map((resource) => {
      checkContent(resource);
      return resource.json;
    });
  const immunizations = all('immunization');
  refuseSameIds(immunizations);
  return {
    patient: patient.json,
    immunizations,
    conditions: all('condition'),
    allergies: all('allergyIntolerance'),
    observations: all('observation'),
  };
}

/** The answer tells doses by their ids. */
function refuseSameIds(immunizations: readonly JsonObject[]): void {
  const seen = new Set<string>();
  for (const [index, immunization] of immunizations.entries()) {
    const name = doseName(immunization, index);
    if (seen.has(name)) throw badValue(`Two doses have the id ${name}.`, 'Immunization.id');
    seen.add(name);
  }
}

/** The record as it is stored, as far as the caller may see it. @throws FhirError 404 or 410 for the patient */
async function storedRecord(id: string, input: OperationInput, { ports }: InteractionContext): Promise<PatientRecord> {
  for (const name of ['patient', ...Object.keys(GIVEN)]) {
    if (input.resource(name) !== undefined) {
      throw badValue(`The ${name} of a stored patient is the one of the record.`, `http.${name}`);
    }
  }
  const { resource } = await ports.persistence.readResource({ resourceType: 'Patient', id });
  const found = await resourcesAbout(id, ports);
  const all = (type: string) => found.filter(({ resourceType }) => resourceType === type);
  return {
    patient: parsed(resource.body),
    immunizations: all('Immunization'),
    conditions: all('Condition'),
    allergies: all('AllergyIntolerance'),
    observations: all('Observation'),
  };
}

async function resourcesAbout(id: string, { compartments }: Ports): Promise<readonly JsonObject[]> {
  const about: JsonObject[] = [];
  const asked = { compartment: `Patient/${id}`, types: Object.values(GIVEN), count: PAGE };
  const always = { since: undefined, careFrom: undefined, careTo: undefined };
  for (let after: CompartmentPosition | undefined, more = true; more; more = after !== undefined) {
    const page = await compartments.resourcesIn({ ...asked, ...always, after });
    about.push(...page.resources.map(({ body }) => parsed(body)).filter((json) => isAbout(json, id)));
    after = page.next;
  }
  return about;
}

function parsed(body: string): JsonObject {
  const json: unknown = JSON.parse(body);
  return isObject(json) ? json : {};
}

function respond(answer: ForecastAnswer | undefined): FhirResponse {
  if (answer === undefined) throw new TypeError('a record without problems has an answer');
  const parameter = [
    ...answer.evaluations.map(({ resource }) => ({ name: 'evaluation', resource })),
    { name: 'recommendation', resource: answer.recommendation },
  ];
  return { status: 200, body: JSON.stringify({ resourceType: 'Parameters', parameter }) };
}
