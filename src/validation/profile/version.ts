/** Versions of packages and profiles, compared by their numbers (FHIR R4, references.html#canonical; semver.org). */

const numbersOf = (version: string): readonly number[] =>
  version.split(/[.-]/).map((part) => Number.parseInt(part, 10) || 0);

/** For sorting: the newest first. */
export function newestOf(one: string, other: string): number {
  const [a, b] = [numbersOf(one), numbersOf(other)];
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const order = (b[index] ?? 0) - (a[index] ?? 0);
    if (order !== 0) return order;
  }
  return 0;
}

/** The asked version, else the next later one, else the newest of all; undefined where there are none. */
export function nextVersion(versions: readonly string[], asked: string): string | undefined {
  const sorted = versions.toSorted(newestOf);
  return sorted.findLast((version) => newestOf(version, asked) <= 0) ?? sorted[0];
}
