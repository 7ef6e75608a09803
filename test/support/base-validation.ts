/** The validation of R4 itself, as the composed application has it. */
import { loadElements } from '../../src/definitions/elements.ts';
import { projectRoot } from '../../src/project-root.ts';
import { loadBaseValidation } from '../../src/structure-checks.ts';
import type { Validate } from '../../src/validation/validate.ts';

export const baseValidation = async (): Promise<Validate> =>
  loadBaseValidation(projectRoot(), { elements: await loadElements(projectRoot()) });
