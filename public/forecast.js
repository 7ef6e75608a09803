// The /forecast page: asks this server's own FHIR interface and lays the answer out. Everything is set as text.

const $ = (id) => document.getElementById(id);
const FHIR = '/fhir';
const TRACE = 'urn:jenner:forecast-trace';
const MOST_FOUND = 20;

const params = new URLSearchParams(location.search);
const pad = (number) => String(number).padStart(2, '0');
const now = new Date();
$('day').value = params.get('date') ?? `${now.getFullYear()}-${pad(now.getMonth() + 1)}-${pad(now.getDate())}`;

/** An element with attributes and children; text is never markup. */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function say(text, isError = false) {
  $('status').textContent = text;
  $('status').className = isError ? 'error' : '';
}

/** @throws Error with the words of the OperationOutcome */
async function ask(path, body) {
  const headers = { Accept: 'application/fhir+json' };
  const sent = body && { method: 'POST', body, headers: { ...headers, 'Content-Type': 'application/fhir+json' } };
  const response = await fetch(`${FHIR}/${path}`, sent ?? { headers });
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  const words = (answer.issue ?? []).map(({ diagnostics }) => diagnostics).filter(Boolean);
  const error = new Error(words.join(' ') || `The server answered ${response.status}.`);
  error.status = response.status;
  throw error;
}

const resourcesOf = (bundle) => (bundle.entry ?? []).map(({ resource }) => resource).filter(Boolean);

function nameOf({ id, name: [name] = [] }) {
  return name ? (name.text ?? [...(name.given ?? []), name.family].filter(Boolean).join(' ')) : `Patient ${id ?? ''}`;
}

const aboutOf = ({ birthDate, gender }) => [birthDate && `born ${birthDate}`, gender].filter(Boolean).join(', ');

/** By id where there is such a patient, else by name. */
async function findPatients(text) {
  const byId = /^[A-Za-z0-9\-.]{1,64}$/.test(text)
    ? await ask(`Patient/${text}`).catch((error) => {
        if (error.status === 404 || error.status === 410) return undefined;
        throw error;
      })
    : undefined;
  if (byId) return [byId];
  const words = text.split(/\s+/).map((word) => `name=${encodeURIComponent(word)}`);
  return resourcesOf(await ask(`Patient?${words.join('&')}&_count=${MOST_FOUND}`));
}

async function pick() {
  $('found').replaceChildren();
  const patients = await findPatients($('who').value.trim());
  if (patients.length === 0) return say('Nobody of that name or id is here.');
  if (patients.length === 1) return showStored(patients[0]);
  say(`${patients.length} patients${patients.length === MOST_FOUND ? ' or more' : ''}: choose one.`);
  for (const patient of patients) {
    const button = element('button', { type: 'button' }, `${nameOf(patient)}, ${aboutOf(patient)}`);
    button.addEventListener('click', () => attempt(() => showStored(patient)));
    $('found').append(element('li', {}, button));
  }
  $('found').querySelector('button').focus();
}

async function showStored(patient) {
  const date = $('day').value;
  const [answer, bundle] = await Promise.all([
    ask(`Patient/${patient.id}/$immds-forecast?assessmentDate=${date}`),
    ask(`Immunization?patient=${patient.id}&_count=1000`),
  ]);
  history.replaceState(null, '', `?patient=${encodeURIComponent(patient.id)}&date=${date}`);
  show({ patient, doses: resourcesOf(bundle), answer, date });
}

const PARAMETERS = {
  Patient: 'patient',
  Immunization: 'immunization',
  Condition: 'condition',
  AllergyIntolerance: 'allergyIntolerance',
  Observation: 'observation',
};

/** A Bundle becomes the Parameters of the operation. */
function toParameters(record) {
  if (record.resourceType === 'Parameters') return record;
  if (record.resourceType !== 'Bundle') throw new Error('This is neither a Bundle nor Parameters.');
  const parameter = resourcesOf(record)
    .filter(({ resourceType }) => Object.hasOwn(PARAMETERS, resourceType))
    .map((resource) => ({ name: PARAMETERS[resource.resourceType], resource }));
  return {
    resourceType: 'Parameters',
    parameter: [{ name: 'assessmentDate', valueDate: $('day').value }, ...parameter],
  };
}

function parseRecord(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('This is not well-formed JSON.');
  }
}

async function showPasted() {
  const parameters = toParameters(parseRecord($('record').value));
  const answer = await ask('$immds-forecast', JSON.stringify(parameters));
  const of = (name) => (parameters.parameter ?? []).filter((entry) => entry.name === name);
  show({
    patient: of('patient')[0]?.resource ?? {},
    doses: of('immunization').map(({ resource }) => resource),
    answer,
    date: of('assessmentDate')[0]?.valueDate,
  });
}

function show({ patient, doses, answer, date }) {
  const of = (name) => answer.parameter.filter((entry) => entry.name === name).map(({ resource }) => resource);
  const [recommendation] = of('recommendation');
  const evaluations = of('evaluation');
  const schedule = recommendation.meta?.tag?.find(({ system }) => system === 'urn:jenner:cdsi-schedule')?.code;
  $('answer-title').textContent = nameOf(patient);
  $('answer-about').textContent = `${aboutOf(patient)}; assessed on ${date} by schedule ${schedule}.`;
  const entries = recommendation.recommendation;
  $('due').replaceChildren(dueTable(entries, date));
  $('doses').replaceChildren(...doseTables(entries, evaluations, doses));
  $('unevaluated').replaceChildren(...leftOut(evaluations, doses));
  $('groups').replaceChildren(...entries.map(groupDetails));
  $('answer').hidden = false;
  say(`The forecast of ${nameOf(patient)} is shown.`);
  $('answer').focus();
}

const groupName = ({ vaccineCode: [code] = [] }) => code?.text ?? code?.coding?.[0]?.display ?? 'Vaccine';
const dateOf = ({ dateCriterion = [] }, loinc) =>
  dateCriterion.find(({ code }) => code.coding.some((coding) => coding.code === loinc))?.value ?? '';
const statusCode = ({ forecastStatus: { coding } }, system) =>
  coding.find((entry) => entry.system.includes(system))?.code;

const STATES = { overdue: 'Overdue', due: 'Due now' };

function dueTable(entries, date) {
  const due = entries
    .filter((entry) => entry.dateCriterion)
    .toSorted((a, b) => (dateOf(a, '30980-7') < dateOf(b, '30980-7') ? -1 : 1));
  if (due.length === 0) return element('p', {}, 'Nothing is due.');
  const rows = due.map((entry) => {
    const code = statusCode(entry, 'immunization-recommendation-status') ?? '';
    const state = STATES[code] ?? (dateOf(entry, '30981-5') <= date ? 'Can be given' : 'Later');
    return [
      { text: groupName(entry) },
      { text: state, className: code },
      { text: entry.doseNumberPositiveInt ?? '' },
      { text: dateOf(entry, '30981-5') },
      { text: dateOf(entry, '30980-7') },
      { text: dateOf(entry, '59778-1') },
    ];
  });
  return table('What is due when', ['Vaccine group', 'State', 'Dose', 'From', 'Recommended', 'Past due'], rows);
}

function table(caption, heads, rows) {
  const head = element('tr', {}, ...heads.map((text) => element('th', { scope: 'col' }, text)));
  const body = rows.map((cells) =>
    element(
      'tr',
      {},
      ...cells.map(({ text, className = '' }, index) => {
        const attributes = { 'data-label': heads[index], ...(index === 0 ? { scope: 'row' } : {}) };
        return element(index === 0 ? 'th' : 'td', attributes, element('span', { class: className }, String(text)));
      }),
    ),
  );
  return element(
    'table',
    {},
    element('caption', {}, caption),
    element('thead', {}, head),
    element('tbody', {}, ...body),
  );
}

/** One table for each vaccine group of which a dose was held against a series. */
function doseTables(entries, evaluations, doses) {
  const tables = entries.flatMap((entry) => {
    const series = new Set((entry.series ?? '').split('; '));
    const own = evaluations.filter((evaluation) => evaluation.series && series.has(evaluation.series));
    return own.length === 0 ? [] : [table(groupName(entry), DOSE_HEADS, doseRows(own, doses))];
  });
  return tables.length > 0 ? tables : [element('p', {}, 'No dose counts in any series.')];
}

const DOSE_HEADS = ['Date', 'Vaccine', 'Against', 'Verdict', 'Dose', 'Why'];

/** By date; antigens of a dose that came to the same verdict share a row. */
function doseRows(evaluations, doses) {
  const rows = new Map();
  for (const evaluation of evaluations) {
    const row = doseRow(evaluation, doseOf(evaluation, doses));
    const same = row.map(({ text }, index) => (index === 2 ? '' : text)).join('|');
    const known = rows.get(same);
    if (known) known[2].text = `${known[2].text}, ${row[2].text}`;
    else rows.set(same, row);
  }
  return [...rows.values()].toSorted((a, b) => (a[0].text < b[0].text ? -1 : 1));
}

function doseOf({ immunizationEvent, contained = [] }, doses) {
  const { reference } = immunizationEvent;
  const dose = contained[0] ?? doses.find(({ id }) => reference === `Immunization/${id}`) ?? {};
  const { vaccineCode = {}, occurrenceDateTime, occurrenceString } = dose;
  const [coding = {}] = vaccineCode.coding ?? [];
  return {
    date: occurrenceDateTime ?? occurrenceString ?? '',
    vaccine: vaccineCode.text ?? coding.display ?? (coding.code ? `CVX ${coding.code}` : reference),
  };
}

const verdictOf = ({ doseStatus: { coding } }) =>
  coding.find(({ system }) => system === 'urn:jenner:cdsi-evaluation-status')?.code ?? '';

function doseRow(evaluation, { date, vaccine }) {
  const why = (evaluation.doseStatusReason ?? []).map(({ text }) => text).join('; ');
  return [
    { text: date.slice(0, 10) },
    { text: vaccine },
    { text: evaluation.targetDisease.text ?? '' },
    { text: evaluation.doseStatus.text, className: verdictOf(evaluation) },
    { text: evaluation.doseNumberPositiveInt ?? '' },
    { text: why },
  ];
}

function leftOut(evaluations, doses) {
  const left = evaluations.filter(({ series }) => !series);
  if (left.length === 0) return [];
  return [table('Doses that are not evaluated', DOSE_HEADS, doseRows(left, doses))];
}

/** A group with its reasons, its dates and the trace. */
function groupDetails(entry) {
  const reasons = (entry.forecastReason ?? []).map(({ text }) => text).join('; ');
  const trace = (entry.extension ?? []).find(({ url }) => url === TRACE)?.valueString ?? '';
  const lines = trace === '' ? [] : trace.split('\n');
  const list = lines.map((line) => element('li', line.startsWith('  ') ? { class: 'inner' } : {}, line.trim()));
  const summary = element(
    'summary',
    {},
    element('strong', {}, groupName(entry)),
    `: ${entry.forecastStatus.text}; ${reasons}`,
  );
  const parts =
    list.length === 0 ? [element('p', {}, entry.description)] : [element('ul', { class: 'trace' }, ...list)];
  return element('details', { class: 'group' }, summary, ...parts);
}

async function attempt(work) {
  say('One moment …');
  try {
    await work();
  } catch (error) {
    $('answer').hidden = true;
    say(error.message, true);
  }
}

for (const [id, work] of Object.entries({ pick, paste: showPasted })) {
  $(id).addEventListener('submit', (event) => {
    event.preventDefault();
    void attempt(work);
  });
}

if (params.has('patient')) {
  $('who').value = params.get('patient');
  void attempt(pick);
}
