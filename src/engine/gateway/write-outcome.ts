/** The reply of a batch of writes as a value: decoded, joined with that of a second attempt, encoded (MongoDB write commands). */
import { decodeDocument, encodeDocument } from './command.ts';

export interface WriteError {
  /** Position of the statement in its batch. */
  readonly index: number;
  /** SQLSTATE, packed. */
  readonly code: number;
  readonly errmsg: string;
}

interface Upserted {
  readonly index: number;
  readonly _id: unknown;
}

export interface WriteOutcome {
  readonly n: number;
  /** Of updates only. */
  readonly nModified: number | undefined;
  readonly upserted: readonly Upserted[];
  readonly writeErrors: readonly WriteError[];
}

export function decodeOutcome(reply: Buffer): WriteOutcome {
  const { n, nModified, writeErrors = [] } = decodeDocument(reply) as Partial<WriteOutcome>;
  const { upserted = [] } = decodeDocument(reply, { exact: true }) as Partial<WriteOutcome>;
  return {
    n: n ?? 0,
    nModified,
    upserted: upserted.map((entry) => ({ ...entry, index: Number(entry.index) })),
    writeErrors,
  };
}

/** The outcome of a single statement, with the position that it has in its batch. */
export function moveOutcome(outcome: WriteOutcome, position: number): WriteOutcome {
  const move = <T extends { readonly index: number }>(entry: T): T => ({ ...entry, index: position });
  return { ...outcome, upserted: outcome.upserted.map(move), writeErrors: outcome.writeErrors.map(move) };
}

/** Both together; errors in the order of their statements. */
export function joinOutcomes(first: WriteOutcome, second: WriteOutcome): WriteOutcome {
  return {
    n: first.n + second.n,
    nModified: first.nModified === undefined ? undefined : first.nModified + (second.nModified ?? 0),
    upserted: [...first.upserted, ...second.upserted],
    writeErrors: [...first.writeErrors, ...second.writeErrors].sort((a, b) => a.index - b.index),
  };
}

/** `writeErrors` are the translated ones of the outcome. */
export function encodeOutcome({ n, nModified, upserted }: WriteOutcome, writeErrors: readonly object[]): Buffer {
  return encodeDocument({
    n,
    ...(nModified === undefined ? {} : { nModified }),
    ...(upserted.length > 0 ? { upserted } : {}),
    ...(writeErrors.length > 0 ? { writeErrors } : {}),
    ok: 1,
  });
}
