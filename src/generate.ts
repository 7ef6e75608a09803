/** `npm run generate`: writes the files that are made from the definitions. */
import { writeGenerated } from './definitions/generate.ts';
import { generateCodeSets } from './generate-code-sets.ts';
import { projectRoot } from './project-root.ts';

await writeGenerated(projectRoot());
await generateCodeSets(projectRoot());
