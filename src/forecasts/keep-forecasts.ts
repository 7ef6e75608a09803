/** Makes the forecasts of patients anew and stores what changed, each together with what it was made from (docs/forecast.md). */
import { createHash } from 'node:crypto';
import { afterStamp, toContent } from '../fhir/resource-content.ts';
import { codedObservations } from '../iis/forecast/fhir/coded-observations.ts';
import type { ForecastTerms } from '../iis/forecast/fhir/forecast-record.ts';
import { fingerprintOf, type RecordDocuments, readRecords, type TypedDocument } from '../storage/forecast-records.ts';
import { type ForecastState, writeStates } from '../storage/forecast-states.ts';
import { inTurn } from '../storage/in-turn.ts';
import { toStored } from '../storage/resource-document.ts';
import { inTransaction, runSteps, type TransactionStep } from '../storage/transaction.ts';
import type { Store } from '../storage/versions.ts';
import { answerText, FORECAST_TAG, type KeptContent, keptContent } from './kept-content.ts';

export const digestOf = (text: string): string => createHash('sha256').update(text).digest('base64').slice(0, 24);

/** In one transaction: the record is read, judged and its forecast stored as of one moment, or none of it is. */
export function keepForecasts(store: Store, patientIds: readonly string[], terms: ForecastTerms): Promise<void> {
  const keys = patientIds.map((id) => `forecast/${id}`);
  return inTurn(store.database, keys, () =>
    inTransaction(store, async (session, unit) => {
      const { codings } = codedObservations(terms.schedule);
      const records = await readRecords(unit, { patientIds, codings, tag: FORECAST_TAG, bodies: true, session });
      const planned = [...records.values()].map((record) => plan(record, terms));
      const results = await runSteps(
        unit,
        planned.flatMap(({ steps }) => steps),
        session,
      );
      let next = 0;
      const states = planned.map(({ record, content, steps }) => {
        const written = results.slice(next, next + steps.length);
        next += steps.length;
        return stateOf({ record, content, terms, steps, versions: written.map((result) => result?.stored.versionId) });
      });
      await writeStates(unit.database, states, session);
    }),
  );
}

interface Plan {
  readonly record: RecordDocuments;
  readonly content: KeptContent;
  /** Only what changes. */
  readonly steps: readonly TransactionStep[];
}

function plan(record: RecordDocuments, terms: ForecastTerms): Plan {
  const content = keptContent(record, terms);
  const current = new Map(record.kept.map((entry) => [entry.document._id, entry]));
  const wanted = new Set(content.contents.map(({ id }) => id));
  const updates = content.contents
    .filter((entry) => !isKept(current.get(entry.id), entry.text))
    .map(
      (entry): TransactionStep => ({
        operation: 'update',
        resourceType: entry.resourceType,
        id: entry.id,
        content: toContent(entry.text, JSON.parse(entry.text)),
      }),
    );
  const deletes = record.kept
    .filter(({ document }) => !wanted.has(document._id))
    .map(({ resourceType, document }): TransactionStep => ({ operation: 'delete', resourceType, id: document._id }));
  return { record, content, steps: [...updates, ...deletes] };
}

/** Whether what is stored says the same. */
function isKept(entry: TypedDocument | undefined, text: string): boolean {
  if (entry === undefined) return false;
  const stored = toStored(entry.resourceType, entry.document);
  const rest = afterStamp(stored.body, stored);
  // The stamp ends within `meta`; the content's own begins it.
  const ours = text.slice(text.indexOf('"meta":{') + '"meta":{'.length);
  return answerText(rest) === answerText(`,${ours}`);
}

interface Kept extends Plan {
  readonly terms: ForecastTerms;
  /** Of each step: the version that it made. */
  readonly versions: readonly (string | undefined)[];
}

function stateOf({ record, content, terms, steps, versions }: Kept): ForecastState {
  const touched = new Set(steps.map(({ id }) => id));
  const untouched = record.kept
    .filter(({ document }) => !touched.has(document._id))
    .map(({ resourceType, document }) => ({ resourceType, id: document._id, version: document.v }));
  const updated = steps.flatMap(({ operation, resourceType, id }, index) =>
    operation === 'update' ? [{ resourceType, id, version: Number(versions[index]) }] : [],
  );
  const { digest, snapshot } = content;
  return {
    _id: record.patientId,
    seen: fingerprintOf(record, [...untouched, ...updated]),
    asOf: terms.assessmentDate,
    schedule: terms.schedule.version,
    ...(digest === undefined ? {} : { digest: digestOf(digest) }),
    ...(snapshot === undefined ? {} : { snapshot }),
  };
}
