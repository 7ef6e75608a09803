/** The resources that a stored reference field names (the field is told in fields.ts). */

/** The ids of this server's resources of the type, whichever version of them is named. */
export function idsOfType(field: unknown, resourceType: string): readonly string[] {
  const start = `${resourceType}/`;
  return [field]
    .flat()
    .flatMap((key) =>
      typeof key === 'string' && key.startsWith(start) && key.indexOf('/', start.length) < 0
        ? [key.slice(start.length)]
        : [],
    );
}
