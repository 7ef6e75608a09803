/** Where a value is in a resource; written as FHIRPath only where there is something to say of it (operationoutcome.html). */

export interface Place {
  readonly parent: Place | undefined;
  /** Name of the element, or what the path begins with. */
  readonly name: string;
  /** Of an element that can repeat. */
  readonly index: number | undefined;
}

export const rootPlace = (name: string): Place => ({ parent: undefined, name, index: undefined });

/** `Patient.name[0].family` */
export function formatPlace({ parent, name, index }: Place): string {
  const own = index === undefined ? name : `${name}[${index}]`;
  return parent ? `${formatPlace(parent)}.${own}` : own;
}
