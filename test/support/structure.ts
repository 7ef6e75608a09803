/** The compiled checks of structure, brought up to date once for the whole run of the tests. */
import { projectRoot } from '../../src/project-root.ts';
import { buildStructureChecks } from '../../src/structure-checks.ts';

export const setup = (): Promise<void> => buildStructureChecks(projectRoot());
