/** Where the authorization server keeps what outlives a request (RFC 6749, 10.5: codes and tokens are used once). */

/** The kinds of records; those with capitals of two words and `Session`, `Grant` and the like are oidc-provider's models. */
export type RecordKind = string;

/** What a record is found by, besides its own id. */
export interface RecordLinks {
  /** A session's public name. */
  readonly uid?: string | undefined;
  /** The grant that it came of. */
  readonly grant?: string | undefined;
  /** The user it belongs to. */
  readonly account?: string | undefined;
}

export interface NewRecord {
  /** Anything that JSON can say. */
  readonly content: object;
  readonly links?: RecordLinks;
  /** From then on the record is not found; undefined: it stays. */
  readonly expiresAt?: Date | undefined;
}

export interface FoundRecord {
  readonly content: object;
  /** When it was used, of what can be used once. */
  readonly consumedAt: Date | undefined;
}

/** Ids may be secrets: an implementation stores only their hashes. */
export interface RecordStore {
  /** Writes the record, in the place of one that is there. */
  put(kind: RecordKind, id: string, record: NewRecord): Promise<void>;
  /** False where the id is taken; of many at once, one gets true. */
  insert(kind: RecordKind, id: string, record: NewRecord): Promise<boolean>;
  find(kind: RecordKind, id: string): Promise<FoundRecord | undefined>;
  findLinked(kind: RecordKind, link: keyof RecordLinks, value: string): Promise<readonly FoundRecord[]>;
  list(kind: RecordKind): Promise<readonly FoundRecord[]>;
  /** Marks a record as used. False where it was before, or is not there; of many at once, one gets true. */
  consume(kind: RecordKind, id: string): Promise<boolean>;
  delete(kind: RecordKind, id: string): Promise<void>;
  deleteLinked(kind: RecordKind, link: keyof RecordLinks, value: string): Promise<void>;
  /** Counts up and answers the count. */
  count(kind: RecordKind, id: string, expiresAt: Date): Promise<number>;
}
