/** What can go wrong between the gateway and PostgreSQL, as errors (PostgreSQL 18, appendix A and chapter 54.8). */

/** PostgreSQL refused a statement. */
export class PostgresError extends Error {
  readonly sqlState: string;
  /** Name of the constraint that was broken. */
  readonly constraint: string | undefined;

  constructor(fields: ReadonlyMap<string, string>) {
    super(fields.get('M') ?? 'unknown PostgreSQL error');
    this.name = 'PostgresError';
    this.sqlState = fields.get('C') ?? 'XX000';
    this.constraint = fields.get('n');
  }
}

/** The connection is gone. When `sent`, the statement may have been executed: its outcome is unknown. */
export class PostgresConnectionLost extends Error {
  readonly sent: boolean;

  constructor(message: string, sent: boolean) {
    super(message);
    this.name = 'PostgresConnectionLost';
    this.sent = sent;
  }
}

/** No connection became free within the wait limit; nothing was sent. */
export class PostgresPoolExhausted extends Error {
  constructor(waitedMilliseconds: number) {
    super(`no PostgreSQL connection became free within ${waitedMilliseconds} ms`);
    this.name = 'PostgresPoolExhausted';
  }
}
