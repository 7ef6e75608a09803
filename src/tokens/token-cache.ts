/** Values by token: kept by a hash of the token, so that no memory dump shows one, and only so many. */
import { createHash } from 'node:crypto';

const MOST = 20_000;

export interface TokenCache<Value> {
  get(token: string): Value | undefined;
  set(token: string, value: Value): void;
}

/** The oldest go first. */
export function createTokenCache<Value>(): TokenCache<Value> {
  const values = new Map<string, Value>();
  const keyOf = (token: string): string => createHash('sha256').update(token).digest('base64');
  return {
    get: (token) => values.get(keyOf(token)),
    set: (token, value) => {
      values.set(keyOf(token), value);
      if (values.size <= MOST) return;
      const [oldest] = values.keys();
      if (oldest !== undefined) values.delete(oldest);
    },
  };
}
