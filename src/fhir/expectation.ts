/** What a condition (`ifNoneExist`) found before a unit of writes began, to be found again inside it. */
import type { SearchParams } from './interaction.ts';
import type { JsonObject } from './resource-content.ts';

export interface Expectation {
  readonly resourceType: string;
  readonly params: SearchParams;
  /** The id that matched, or undefined where nothing did. */
  readonly match: string | undefined;
  /** The resource to be created where nothing matched. */
  readonly json?: JsonObject;
}
