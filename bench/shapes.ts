/** The requests that are measured: each kind with random arguments, and what its answer has to hold. */
import {
  CVX,
  DOSE_SYSTEM,
  DOSES,
  demographics,
  doseNumber,
  factsOf,
  immunization,
  immunizationId,
  MRN,
  medicalRecordNumber,
  patient,
  patientId,
} from './population.ts';
import type { Draw } from './random.ts';
import { VACCINES } from './vocabulary.ts';

export interface Expectation {
  readonly status: number;
  /** Text that the answer has to contain. */
  readonly text: string;
  /** How many entries a Bundle has to have: exactly, or at least one. */
  readonly entries?: number | 'some';
}

export interface ShapeRequest {
  readonly method: 'GET' | 'POST';
  /** Below the FHIR base, with a slash at its start: also how the `self` link of a search has to be written. */
  readonly path: string;
  readonly body?: string;
  readonly expectation: Expectation;
}

export interface Shape {
  readonly name: string;
  readonly title: string;
  /** @param people how many there are to ask for */
  request(draw: Draw, people: number): ShapeRequest;
}

const search = (query: string, text: string, entries: number | 'some'): ShapeRequest => ({
  method: 'GET',
  path: `/${query}`,
  expectation: { status: 200, text, entries },
});

const DAY = 86_400_000;
const dayBetween = (draw: Draw, first: number, last: number): string => {
  const from = Date.UTC(first, 0, 1);
  return new Date(from + draw.below((Date.UTC(last, 0, 1) - from) / DAY) * DAY).toISOString().slice(0, 10);
};

/** Resources of a page of each search that fills one. */
const CODE_PAGE = 20;
const LONG_PAGE = 50;

/** How many different bodies are written: enough for different index keys, few enough to have them ready. */
const BODIES = { create: 400, transaction: 60, largeTransaction: 10 } as const;
/** Numbers of the people that are created while measuring, out of the way of those who are there. */
const NEWCOMERS = 10_000_000;

/** People in the larger transaction, with nine doses each: a hundred entries. */
const HOUSEHOLDS = { people: 10, doses: 9 } as const;

/** The `number`-th body of a create: a further dose of a person who is there. */
export const createdImmunization = (number: number) =>
  immunization(NEWCOMERS + number, 0, `Patient/${patientId(number)}`);

/** What the `number`-th transaction creates: a person with ten doses. */
export function createdHousehold(number: number) {
  const subject = `urn:uuid:${patientId(NEWCOMERS + number)}`;
  const doses = Array.from({ length: DOSES }, (_, dose) => immunization(NEWCOMERS + number, dose, subject));
  return { subject, patient: patient(NEWCOMERS + number), doses };
}

/** What the `number`-th larger transaction creates. */
export const createdHouseholds = (number: number) =>
  Array.from({ length: HOUSEHOLDS.people }, (_, person) => {
    const household = createdHousehold(number * HOUSEHOLDS.people + person);
    return { ...household, doses: household.doses.slice(0, HOUSEHOLDS.doses) };
  });

function transactionBundle(households: readonly ReturnType<typeof createdHousehold>[]): string {
  const entry = (resource: { readonly resourceType: string }, fullUrl?: string) => ({
    ...(fullUrl ? { fullUrl } : {}),
    resource,
    request: { method: 'POST', url: resource.resourceType },
  });
  const entries = households.flatMap(({ subject, patient: newcomer, doses }) => [
    entry(newcomer, subject),
    ...doses.map((dose) => entry(dose)),
  ]);
  return JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry: entries });
}

/** Makes each text once. */
function remembered(make: (number: number) => string): (number: number) => string {
  const made = new Map<number, string>();
  return (number) => {
    const text = made.get(number) ?? make(number);
    made.set(number, text);
    return text;
  };
}

const createBody = remembered((number) => JSON.stringify(createdImmunization(number)));
const transactionBody = remembered((number) => transactionBundle([createdHousehold(number)]));
const largeTransactionBody = remembered((number) => transactionBundle(createdHouseholds(number)));

const transaction = (body: string, entries: number): ShapeRequest => ({
  method: 'POST',
  path: '/',
  body,
  expectation: { status: 200, text: '"type":"transaction-response"', entries },
});

/** Those that only read come first, so that writing changes nothing for them. */
export const SHAPES: readonly Shape[] = [
  {
    name: 'read',
    title: 'read by id',
    request: (draw, people) => {
      const id = immunizationId(draw.below(people), draw.below(DOSES));
      return { method: 'GET', path: `/Immunization/${id}`, expectation: { status: 200, text: `"id":"${id}"` } };
    },
  },
  {
    name: 'patient',
    title: 'search by patient',
    request: (draw, people) => {
      const reference = `Patient/${patientId(draw.below(people))}`;
      // Not a number of entries: creates that were measured before may have added to a person's doses.
      return search(`Immunization?patient=${reference}`, `"patient":{"reference":"${reference}"}`, 'some');
    },
  },
  {
    name: 'identifier',
    title: 'search by identifier',
    request: (draw, people) => {
      const number = medicalRecordNumber(draw.below(people));
      return search(`Patient?identifier=${MRN}%7C${number}`, `"value":"${number}"`, 1);
    },
  },
  {
    name: 'demographics',
    title: 'family + birthdate',
    request: (draw, people) => {
      const { family, birthDate } = demographics(draw.below(people));
      return search(`Patient?family=${family}&birthdate=${birthDate}`, `"birthDate":"${birthDate}"`, 'some');
    },
  },
  {
    name: 'code-date',
    title: 'code + date',
    request: (draw) => {
      const { cvx } = draw.oneOf(VACCINES);
      const until = dayBetween(draw, 2018, 2024);
      const criteria = `vaccine-code=${CVX}%7C${cvx}&date=ge2012-01-01&date=le${until}`;
      return search(`Immunization?${criteria}&_count=${CODE_PAGE}`, `"code":"${cvx}"`, CODE_PAGE);
    },
  },
  {
    name: 'page',
    title: 'page of 50',
    request: (draw) => {
      const before = dayBetween(draw, 2012, 2024);
      const query = `Immunization?date=lt${before}&_count=${LONG_PAGE}`;
      return search(query, '"resourceType":"Immunization"', LONG_PAGE);
    },
  },
  {
    name: 'narrow',
    title: 'patient + code + date',
    request: (draw, people) => {
      const person = draw.below(people);
      const reference = `Patient/${patientId(person)}`;
      const { code, given } = factsOf(person, draw.below(DOSES));
      const query = `Immunization?patient=${reference}&vaccine-code=${CVX}%7C${code}&date=ge${given}`;
      return search(query, `"code":"${code}"`, 'some');
    },
  },
  {
    name: 'chained',
    title: 'chained identifier',
    request: (draw, people) => {
      const person = draw.below(people);
      const query = `Immunization?patient.identifier=${MRN}%7C${medicalRecordNumber(person)}`;
      return search(query, `"patient":{"reference":"Patient/${patientId(person)}"}`, 'some');
    },
  },
  {
    name: 'has',
    title: '_has by dose number',
    request: (draw, people) => {
      const person = draw.below(people);
      const number = doseNumber(person, draw.below(DOSES));
      const query = `Patient?_has:Immunization:patient:identifier=${DOSE_SYSTEM}%7C${number}`;
      return search(query, `"value":"${medicalRecordNumber(person)}"`, 1);
    },
  },
  {
    name: 'includes',
    title: 'include + revinclude',
    request: (draw, people) => {
      const person = draw.below(people);
      const number = doseNumber(person, draw.below(DOSES));
      const follow = '_include=Immunization:patient&_revinclude:iterate=Immunization:patient';
      const query = `Immunization?identifier=${DOSE_SYSTEM}%7C${number}&${follow}`;
      return search(query, `"value":"${medicalRecordNumber(person)}"`, 'some');
    },
  },
  {
    name: 'sorted',
    title: 'sorted page of 50',
    request: (draw) => {
      const before = dayBetween(draw, 2012, 2020);
      const query = `Patient?birthdate=lt${before}&_sort=-birthdate&_count=${LONG_PAGE}`;
      return search(query, '"resourceType":"Patient"', LONG_PAGE);
    },
  },
  {
    name: 'history',
    title: 'history of one',
    request: (draw, people) => {
      const id = immunizationId(draw.below(people), draw.below(DOSES));
      const expectation = { status: 200, text: '"type":"history"', entries: 1 };
      return { method: 'GET', path: `/Immunization/${id}/_history`, expectation };
    },
  },
  {
    name: 'create',
    title: 'create',
    request: (draw, people) => {
      const body = createBody(draw.below(Math.min(people, BODIES.create)));
      return { method: 'POST', path: '/Immunization', body, expectation: { status: 201, text: '"versionId":"1"' } };
    },
  },
  {
    name: 'transaction',
    title: '11-entry transaction',
    request: (draw) => transaction(transactionBody(draw.below(BODIES.transaction)), DOSES + 1),
  },
  {
    name: 'transaction-100',
    title: '100-entry transaction',
    request: (draw) => {
      const body = largeTransactionBody(draw.below(BODIES.largeTransaction));
      return transaction(body, HOUSEHOLDS.people * (HOUSEHOLDS.doses + 1));
    },
  },
];

/** Nothing but bytes, which only the floor answers: what the clients and Node can take at most. */
export const CEILING: Shape = {
  name: 'fixed',
  title: 'fixed bytes',
  request: () => ({ method: 'GET', path: '/fixed', expectation: { status: 200, text: '"resourceType":"Basic"' } }),
};

/** What is wrong with an answer, as far as its status and text tell; undefined where nothing is. */
export function problemOf(expectation: Expectation, status: number, body: string | Buffer): string | undefined {
  if (status !== expectation.status) return `status ${status}: ${body.toString().slice(0, 300)}`;
  return body.includes(expectation.text) ? undefined : `no ${expectation.text} in: ${body.toString().slice(0, 300)}`;
}

/** The same with a look at all of its content, which costs too much to do for every answer. */
export function contentProblem({ entries }: Expectation, body: string): string | undefined {
  const found = (JSON.parse(body) as { readonly entry?: readonly unknown[] }).entry?.length ?? 0;
  if (entries === undefined) return undefined;
  const right = entries === 'some' ? found > 0 : found === entries;
  return right ? undefined : `${found} entries instead of ${entries}`;
}
