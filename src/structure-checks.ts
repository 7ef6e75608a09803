/** The compiled checks of structure: made when the project is built, loaded when it starts (docs/validation.md). */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { loadElements } from './definitions/elements.ts';
import type { Definitions } from './definitions/load.ts';
import { loadRequiredBindings } from './definitions/required-bindings.ts';
import { createBaseLayers } from './validation/base-layers.ts';
import type { StructureCheck, StructureChecks } from './validation/structure/check-structure.ts';
import { COMPILATION, compileStructure } from './validation/structure/compile.ts';
import { buildSchema, type Declarations } from './validation/structure/schema.ts';
import { createValidator, type Validate } from './validation/validate.ts';

const FILE = 'dist-structure/structure.mjs';

/** Compiles the checks unless those of the project are up to date. @param root a `file:` URL that ends in `/` */
export async function buildStructureChecks(root: URL): Promise<void> {
  const declarations = { table: await loadElements(root), bindings: loadRequiredBindings(root) };
  const stamp = `// ${fingerprint(declarations)}`;
  const file = new URL(FILE, root);
  const existing = await readFile(file, 'utf8').catch(() => '');
  if (existing.startsWith(`${stamp}\n`)) return;
  await mkdir(new URL('.', file), { recursive: true });
  // Written beside and renamed: whoever starts meanwhile finds a whole file.
  const fresh = new URL(`${FILE}.${process.pid}`, root);
  await writeFile(fresh, `${stamp}\n${compileStructure(declarations)}`);
  await rename(fresh, file);
}

/** Changes with the schema and with the code that compiles it. */
function fingerprint(declarations: Declarations): string {
  const parts = [JSON.stringify(buildSchema(declarations)), String(COMPILATION)];
  return createHash('sha256').update(parts.join('\n')).digest('hex');
}

/** What holds every resource to R4, profiles apart. @throws Error where the project was not built. */
export async function loadBaseValidation(root: URL, { elements }: Pick<Definitions, 'elements'>): Promise<Validate> {
  const checks = await loadStructureChecks(root);
  return createValidator(createBaseLayers({ checks, table: elements, bindings: loadRequiredBindings(root) }));
}

/** One check per resource type. @throws Error where the project was not built. */
export async function loadStructureChecks(root: URL): Promise<StructureChecks> {
  const file = new URL(FILE, root);
  const module = (await import(file.href).catch((cause: unknown) => {
    throw new Error(`${FILE} can't be loaded: build the project (npm run build).`, { cause });
  })) as Readonly<Record<string, StructureCheck>>;
  return new Map(Object.entries(module));
}
