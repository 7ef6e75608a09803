/** What `:in`, `:not-in`, `:above` and `:below` need to know about codes (FHIR R4, search.html#token). */
import type { SystemCode } from './query.ts';

/** The codes of a value set, by its canonical URL (with or without a version); undefined where it is not known. */
export type ValueSetExpansion = (url: string) => readonly SystemCode[] | undefined;

/**
 * The code itself and all that are above it (those that subsume it) or below it (those it subsumes); undefined where its
 * system has no hierarchy here, or not this code.
 */
export type Subsumption = (code: SystemCode, direction: 'above' | 'below') => readonly SystemCode[] | undefined;

/** What the server knows; nothing where a member is absent. */
export interface Terminology {
  readonly expandValueSet?: ValueSetExpansion;
  readonly subsumption?: Subsumption;
}
