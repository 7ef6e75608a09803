/** CDS Hooks 2.0: due and overdue vaccines as cards, when a chart is opened (patient-view) or an order chosen (order-select). */
import { badRequest, FhirError, noSingleMatch } from '../fhir/error.ts';
import { isObject, type JsonObject, parseResource } from '../fhir/resource-content.ts';
import { dayOf, formatCalendarDate } from '../iis/forecast/calendar.ts';
import { normalizeCvx } from '../iis/forecast/compile/fields.ts';
import { codingsOf, objectOf, objectsOf, textOf } from '../iis/forecast/fhir/elements.ts';
import { CVX, FORECAST_STATUS, LOINC, RECOMMENDATION_STATUS } from '../iis/forecast/fhir/systems.ts';
import type { SupportingData } from '../iis/forecast/supporting-data.ts';
import type { Caller, Perform } from './perform.ts';

const patient = '{{context.patientId}}';
const PREFETCH = {
  patient: `Patient/${patient}`,
  immunizations: `Immunization?patient=${patient}&_count=1000`,
  conditions: `Condition?patient=${patient}&_count=1000`,
  allergies: `AllergyIntolerance?patient=${patient}&_count=1000`,
  observations: `Observation?patient=${patient}&_count=1000`,
};
/** What of the prefetch becomes which parameter of `$immds-forecast`. */
const PARAMETERS = {
  immunizations: ['immunization', 'Immunization'],
  conditions: ['condition', 'Condition'],
  allergies: ['allergyIntolerance', 'AllergyIntolerance'],
  observations: ['observation', 'Observation'],
} as const;

const HOOKS: Readonly<Record<string, string>> = {
  'jenner-due-vaccines': 'patient-view',
  'jenner-ordered-vaccines': 'order-select',
};

const DESCRIPTIONS: Readonly<Record<string, readonly [title: string, description: string]>> = {
  'patient-view': ['Vaccines that are due', 'Shows which vaccines are due or overdue by the schedule of CDC and ACIP.'],
  'order-select': [
    'Vaccines that are ordered',
    'Warns of an ordered vaccine that is contraindicated or too early, and shows which others are due.',
  ],
};

/** The answer to `GET /cds-services`. */
export const hookServices = {
  services: Object.entries(HOOKS).map(([id, hook]) => {
    const [title = '', description = ''] = DESCRIPTIONS[hook] ?? [];
    return { hook, id, title, description, prefetch: PREFETCH };
  }),
};

interface Card {
  readonly uuid: string;
  readonly summary: string;
  readonly detail: string;
  readonly indicator: 'info' | 'warning' | 'critical';
  readonly source: { readonly label: string; readonly url: string };
}

export interface HookWorld {
  readonly perform: Perform;
  readonly caller: Caller;
  readonly schedule: () => Promise<SupportingData>;
  readonly newId: () => string;
  readonly now: Date;
}

/**
 * Cards for a call of a service, or undefined where there is no such service.
 * @throws FhirError 400 for a call that is none, 412 where neither prefetch nor this server has the patient
 */
export async function callHook(
  service: string,
  body: unknown,
  world: HookWorld,
): Promise<{ readonly cards: readonly Card[] } | undefined> {
  const hook = Object.hasOwn(HOOKS, service) ? HOOKS[service] : undefined;
  if (hook === undefined) return undefined;
  const call = parseCall(body, hook);
  const entries = await forecastOf(call, world);
  const today = formatCalendarDate(dayOf(world.now));
  const ordered = hook === 'order-select' ? orderedGroups(call.context, await world.schedule()) : new Set<string>();
  const found = entries.flatMap((entry) => {
    const card = ordered.has(entry.group) ? orderedCard(entry, today) : undefined;
    return card ?? dueCard(entry) ?? [];
  });
  const cards = found.map((card) => ({ uuid: world.newId(), ...card, source: SOURCE }));
  return { cards: cards.toSorted((a, b) => RANK[a.indicator] - RANK[b.indicator]) };
}

const SOURCE = { label: 'CDC and ACIP immunization schedule (CDSi)', url: 'https://www.cdc.gov/iis/cdsi/' };
const RANK = { critical: 0, warning: 1, info: 2 } as const;

interface HookCall {
  readonly patientId: string;
  readonly context: JsonObject;
  readonly prefetch: JsonObject;
}

function parseCall(body: unknown, expected: string): HookCall {
  if (!isObject(body)) throw badRequest('A call of a CDS service is a JSON object.');
  const { hook, hookInstance, context, prefetch } = body;
  if (hook !== expected) throw badRequest(`This service is for the hook ${expected}.`, 'hook');
  if (typeof hookInstance !== 'string') throw badRequest('hookInstance is required.', 'hookInstance');
  const { patientId } = objectOf(context) ?? {};
  if (typeof patientId !== 'string') throw badRequest('context.patientId is required.', 'context.patientId');
  return {
    patientId: patientId.replace(/^Patient\//, ''),
    context: objectOf(context) ?? {},
    prefetch: objectOf(prefetch) ?? {},
  };
}

interface ForecastEntry {
  readonly group: string;
  readonly status: string | undefined;
  readonly isOverdue: boolean;
  readonly isDue: boolean;
  readonly dates: {
    readonly earliest?: string | undefined;
    readonly due?: string | undefined;
    readonly pastDue?: string | undefined;
  };
  readonly dose: number | undefined;
  readonly reasons: readonly string[];
}

/** Over what the client sent along; else over the record that this server has. */
async function forecastOf(
  { patientId, prefetch }: HookCall,
  { perform, caller, now }: HookWorld,
): Promise<readonly ForecastEntry[]> {
  const given = objectOf(prefetch['patient']);
  const name = 'immds-forecast';
  const { body = '{}' } = given
    ? await perform(
        { code: 'operation', name, method: 'POST', params: {}, body: requestOf(given, prefetch, now) },
        caller,
      )
    : await perform(
        { code: 'operation', name, resourceType: 'Patient', id: patientId, method: 'GET', params: {} },
        caller,
      ).catch(withoutRecord);
  const parameters = JSON.parse(body) as {
    readonly parameter: readonly { readonly name: string; readonly resource: JsonObject }[];
  };
  const recommendation = parameters.parameter.find((entry) => entry.name === 'recommendation')?.resource;
  return objectsOf(recommendation?.['recommendation']).map(readEntry);
}

function withoutRecord(error: unknown): never {
  const isUnknown = error instanceof FhirError && (error.status === 404 || error.status === 410);
  const why = 'The patient is not known here; send the patient and the doses as prefetch.';
  if (isUnknown) throw noSingleMatch('not-found', why, 'prefetch.patient');
  throw error;
}

function requestOf(person: JsonObject, prefetch: JsonObject, now: Date) {
  const lists = Object.entries(PARAMETERS).flatMap(([key, [name, type]]) =>
    resourcesIn(prefetch[key])
      .filter(({ resourceType }) => resourceType === type)
      .map((resource) => ({ name, resource })),
  );
  const parameter = [
    { name: 'assessmentDate', valueDate: formatCalendarDate(dayOf(now)) },
    { name: 'patient', resource: person },
    ...lists,
  ];
  return parseResource(JSON.stringify({ resourceType: 'Parameters', parameter }));
}

/** The resources of a Bundle; null is how a client says that there are none. */
const resourcesIn = (bundle: unknown): readonly JsonObject[] =>
  objectsOf(objectsOf(objectOf(bundle)?.['entry']).map(({ resource }) => resource));

function readEntry(entry: JsonObject): ForecastEntry {
  const codes = codingsOf(entry['forecastStatus']);
  const codeOf = (wanted: string) => codes.find(({ system }) => system === wanted)?.code;
  const dateOf = (loinc: string) =>
    textOf(objectsOf(entry['dateCriterion']).find(({ code }) => isLoinc(code, loinc))?.['value']);
  const own = codeOf(RECOMMENDATION_STATUS);
  const dose = entry['doseNumberPositiveInt'];
  return {
    group: textOf(objectsOf(entry['vaccineCode'])[0]?.['text']) ?? 'Vaccine',
    status: codeOf(FORECAST_STATUS),
    isOverdue: own === 'overdue',
    isDue: own === 'due',
    dates: { earliest: dateOf('30981-5'), due: dateOf('30980-7'), pastDue: dateOf('59778-1') },
    dose: typeof dose === 'number' ? dose : undefined,
    reasons: objectsOf(entry['forecastReason']).flatMap(({ text }) => textOf(text) ?? []),
  };
}

const isLoinc = (concept: unknown, wanted: string): boolean =>
  codingsOf(concept).some(({ system, code }) => system === LOINC && code === wanted);

type CardText = Omit<Card, 'uuid' | 'source'>;

function dueCard({ group, isOverdue, isDue, dates, dose }: ForecastEntry): CardText | undefined {
  if (!isOverdue && !isDue) return undefined;
  const lines = [`- Dose ${dose}`, `- Can be given from ${dates.earliest}`, `- Recommended ${dates.due}`];
  const late = dates.pastDue === undefined ? [] : [`- Past due ${dates.pastDue}`];
  return {
    summary: isOverdue ? `${group}: dose ${dose} is overdue since ${dates.pastDue}` : `${group}: dose ${dose} is due`,
    detail: [...lines, ...late].join('\n'),
    indicator: isOverdue ? 'warning' : 'info',
  };
}

/** What speaks against giving a vaccine of this group today. */
function orderedCard({ group, status, dates, reasons }: ForecastEntry, today: string): CardText | undefined {
  const detail = reasons.map((reason) => `- ${reason}`).join('\n');
  if (status === 'contraindicated') {
    return { summary: `${group}: the ordered vaccine is contraindicated`, detail, indicator: 'critical' };
  }
  if (status !== 'notComplete') {
    return { summary: `${group}: the ordered vaccine is not recommended`, detail, indicator: 'warning' };
  }
  if (dates.earliest === undefined || dates.earliest <= today) return undefined;
  return {
    summary: `${group}: too early; the ordered vaccine can be given from ${dates.earliest}`,
    detail: `- Recommended ${dates.due}`,
    indicator: 'warning',
  };
}

/** The vaccine groups of the orders that were selected. */
function orderedGroups({ draftOrders, selections }: JsonObject, schedule: SupportingData): ReadonlySet<string> {
  const selected = Array.isArray(selections) ? selections : [];
  const orders = resourcesIn(draftOrders).filter(({ resourceType, id }) => selected.includes(`${resourceType}/${id}`));
  const codes = orders.flatMap(({ medicationCodeableConcept, vaccineCode, code }) =>
    [medicationCodeableConcept, vaccineCode, code].flatMap(codingsOf).filter(({ system }) => system === CVX),
  );
  const antigens = codes.flatMap(({ code = '' }) => {
    const vaccine = schedule.vaccines.get(normalizeCvx(code) ?? '');
    return vaccine?.associations.map(({ antigen }) => antigen) ?? [];
  });
  const groups = schedule.vaccineGroups.filter((group) => group.antigens.some((antigen) => antigens.includes(antigen)));
  return new Set(groups.map(({ name }) => name));
}
