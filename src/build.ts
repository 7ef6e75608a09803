/** What a build makes beside the compiled sources: run by `scripts/run.mjs`. */
import { projectRoot } from './project-root.ts';
import { buildStructureChecks } from './structure-checks.ts';

await buildStructureChecks(projectRoot());
