/** Slices of a list: which item is of which, how many there are, in which order (FHIR R4, profiling.html#slicing). */
import type { Item } from '../fhirpath/collection.ts';
import type { Place } from '../place.ts';
import type { SliceTest } from './discriminator.ts';
import { type ItemCheck, type Run, report } from './run.ts';

export interface CompiledSlice {
  readonly name: string;
  readonly test: SliceTest;
  readonly min: number;
  readonly max: number;
  readonly check: ItemCheck | undefined;
}

export interface CompiledSlicing {
  readonly slices: readonly CompiledSlice[];
  readonly rules: 'closed' | 'open' | 'openAtEnd';
  readonly ordered: boolean;
}

/** An item with its place, and the slice that it was found to be of. */
interface Placed {
  readonly item: Item;
  readonly place: Place;
  readonly slice: number;
}

export type PlacedItem = Omit<Placed, 'slice'>;

/** Checks the items of a list; `parent` is where what is missing would be. */
export function checkSlicing(
  slicing: CompiledSlicing,
  items: readonly PlacedItem[],
  at: { readonly parent: Place; readonly run: Run },
): void {
  const { parent, run } = at;
  const placed = items.map((one) => ({ ...one, slice: slicing.slices.findIndex(({ test }) => test(one.item, run)) }));
  for (const { item, place, slice } of placed) slicing.slices[slice]?.check?.(item, place, run);
  slicing.slices.forEach((slice, index) => {
    checkCount(
      slice,
      placed.filter((one) => one.slice === index),
      { parent, run },
    );
  });
  if (slicing.rules !== 'open') checkUnknown(slicing, placed, run);
  if (slicing.ordered) checkOrder(slicing, placed, run);
}

function checkCount(
  { name, min, max }: CompiledSlice,
  found: readonly Placed[],
  { parent, run }: { readonly parent: Place; readonly run: Run },
): void {
  if (found.length < min) {
    const message = `At least ${min} of the slice ${name} must be there; there ${found.length === 1 ? 'is' : 'are'} ${found.length}.`;
    report(run, parent, { severity: 'error', code: 'required', id: 'profile-slice-min', message });
  }
  const first = found[max];
  if (first) {
    const message = `At most ${max} of the slice ${name} may be there; there are ${found.length}.`;
    report(run, first.place, { severity: 'error', code: 'structure', id: 'profile-slice-max', message });
  }
}

/** What is of no slice is not allowed at all, or only after all others. */
function checkUnknown({ rules, slices }: CompiledSlicing, placed: readonly Placed[], run: Run): void {
  const lastKnown = placed.findLastIndex(({ slice }) => slice >= 0);
  placed.forEach(({ slice, place }, index) => {
    if (slice >= 0 || (rules === 'openAtEnd' && index > lastKnown)) return;
    const names = slices.map(({ name }) => name).join(', ');
    const message = rules === 'closed' ? `Only ${names} may be there.` : `Others than ${names} must come after those.`;
    report(run, place, { severity: 'error', code: 'structure', id: 'profile-slice-closed', message });
  });
}

function checkOrder({ slices }: CompiledSlicing, placed: readonly Placed[], run: Run): void {
  const known = placed.filter(({ slice }) => slice >= 0);
  known.forEach(({ slice, place }, index) => {
    const before = known[index - 1];
    if (!before || before.slice <= slice) return;
    const message = `${slices[slice]?.name} must come before ${slices[before.slice]?.name}.`;
    report(run, place, { severity: 'error', code: 'structure', id: 'profile-slice-order', message });
  });
}
