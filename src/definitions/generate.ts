/** Writes the promises of the project to the files that are read without running it: `npm run generate`. */
import { mkdir, writeFile } from 'node:fs/promises';
import { buildCapabilityStatement } from './capability-statement.ts';
import { type Definitions, loadDefinitions } from './load.ts';
import { buildOpenApi } from './openapi.ts';

/** Where a server listens that nobody configured. */
const INSTANCE = { baseUrl: 'http://localhost:8080/fhir' };

/** The text of each generated file, by its path below the project's root directory. */
export const buildGenerated = (definitions: Definitions): Readonly<Record<string, string>> => ({
  'capability-statement.json': toText(buildCapabilityStatement(definitions, INSTANCE)),
  'openapi/openapi.json': toText(buildOpenApi(definitions, INSTANCE)),
});

/** Pretty-printed, but for references, which read best on one line. */
const toText = (document: object): string =>
  `${JSON.stringify(document, null, 2).replace(/\{\s+("\$ref": "[^"]*")\s+\}/g, '{ $1 }')}\n`;

/** Writes the generated files of the project whose root directory is given (a `file:` URL that ends in `/`). */
export async function writeGenerated(root: URL): Promise<void> {
  const definitions = await loadDefinitions(root);
  for (const [path, text] of Object.entries(buildGenerated(definitions))) {
    const file = new URL(path, root);
    await mkdir(new URL('.', file), { recursive: true });
    await writeFile(file, text);
  }
}
