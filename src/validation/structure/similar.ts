/** The known name that someone probably meant (docs/validation.md). */

/** More changes than this are another word. */
const FARTHEST = 2;
/** Comparing takes the product of the lengths; no element has a longer name. */
const LONGEST = 64;

/** The nearest of the names, other case first; undefined where none is near. */
export function mostSimilar(written: string, names: Iterable<string>): string | undefined {
  if (written.length > LONGEST) return undefined;
  let nearest: string | undefined;
  let distance = FARTHEST + 1;
  for (const name of names) {
    const own = name.toLowerCase() === written.toLowerCase() ? 0 : editDistance(written, name);
    if (own < distance) [nearest, distance] = [name, own];
  }
  return distance < written.length ? nearest : undefined;
}

/** Levenshtein's distance, row by row. */
function editDistance(left: string, right: string): number {
  if (Math.abs(left.length - right.length) > FARTHEST) return FARTHEST + 1;
  let row = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (const character of left) row = nextRow(row, character, right);
  return row[right.length] ?? 0;
}

function nextRow(above: readonly number[], character: string, right: string): number[] {
  const row = [(above[0] ?? 0) + 1];
  for (let column = 1; column <= right.length; column++) {
    const replaced = (above[column - 1] ?? 0) + (character === right[column - 1] ? 0 : 1);
    row[column] = Math.min(replaced, (above[column] ?? 0) + 1, (row[column - 1] ?? 0) + 1);
  }
  return row;
}
