/** Choices that look random and are the same on every run and machine (RFC 9562, name-based UUIDs). */

import { v5 } from 'uuid';

/** The name space of every id of the demonstration; a change would load everyone a second time. */
const DEMONSTRATION_NAMESPACE = '5d1c3a52-6f0e-5b86-9c55-0d6c2f1f7e11';

/** A logical id that follows from a name. */
export const demonstrationId = (name: string): string => v5(name, DEMONSTRATION_NAMESPACE);

/** Draws for one subject. Each label is a draw of its own, so adding one changes no other. */
export interface Draw {
  /** A whole number from 0 up to and without `limit`. */
  number(label: string, limit: number): number;
  /** One of a list that is not empty. */
  oneOf<T>(label: string, list: readonly T[]): T;
  /** True for about this share of all subjects, 0 to 1. */
  chance(label: string, share: number): boolean;
}

/** The draws of a subject by its name. */
export function drawFor(subject: string): Draw {
  const number = (label: string, limit: number): number =>
    Number.parseInt(demonstrationId(`${subject}/draw/${label}`).slice(0, 8), 16) % limit;
  return {
    number,
    oneOf<T>(label: string, list: readonly T[]): T {
      return list[number(label, list.length)] as T;
    },
    chance: (label, share) => number(label, 1000) < share * 1000,
  };
}
