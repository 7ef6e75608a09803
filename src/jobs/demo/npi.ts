/** The check digit of a National Provider Identifier (US Core 6.1.0, us-core-16 and us-core-17). */

/** What the digits of the prefix 80840 of health care in the United States add to the sum. */
const PREFIX_SUM = 24;

/** Whether the value has ten digits and their Luhn sum, with the prefix 80840, ends in 0. */
export function isNationalProviderIdentifier(value: string): boolean {
  if (!/^\d{10}$/.test(value)) return false;
  const sum = [...value].reduce((total, digit, index) => total + weighted(Number(digit), index % 2 === 0), PREFIX_SUM);
  return sum % 10 === 0;
}

function weighted(digit: number, doubled: boolean): number {
  if (!doubled) return digit;
  return digit < 5 ? 2 * digit : 2 * digit - 9;
}
