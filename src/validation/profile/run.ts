/** One check of one resource against one profile: what it goes on, and where its findings go. */

import type { Terminology } from '../../terminology/terminology.ts';
import type { Item } from '../fhirpath/collection.ts';
import type { Surroundings } from '../fhirpath/compile.ts';
import type { Finding } from '../finding.ts';
import { expressionOf, type Place } from '../place.ts';

export interface Run {
  readonly around: Surroundings;
  readonly terminology: Terminology;
  readonly found: Finding[];
}

/** A check of an element's value. */
export type ItemCheck = (item: Item, place: Place, run: Run) => void;

/** A check of what an element has below it. */
export type ChildCheck = (parent: Item, place: Place, run: Run) => void;

export type Fault = Omit<Finding, 'expression' | 'layer'>;

export const report = (run: Run, place: Place, fault: Fault): void => {
  run.found.push({ ...fault, expression: expressionOf(place), layer: 'profile' });
};
