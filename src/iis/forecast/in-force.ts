/** Which rows of the schedule hold on a day (CDSi logic specification 3.3): both ends inclusive. */
import type { CalendarDate } from './calendar.ts';
import type { InForce } from './supporting-data.ts';

export function isInForce({ effectiveDate, cessationDate }: InForce, anchor: CalendarDate): boolean {
  return (effectiveDate ?? anchor) <= anchor && anchor <= (cessationDate ?? anchor);
}
