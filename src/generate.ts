/** `npm run generate`: writes the files that are made from the definitions and from runs of CDC's test cases. */
import { readFile, writeFile } from 'node:fs/promises';
import { CONFORMANCE_FILE, withCdsiReport } from './cdsi-report.ts';
import { writeGenerated } from './definitions/generate.ts';
import { generateCodeSets } from './generate-code-sets.ts';
import { projectRoot } from './project-root.ts';

const root = projectRoot();
await writeGenerated(root);
await generateCodeSets(root);
const conformance = new URL(CONFORMANCE_FILE, root);
await writeFile(conformance, await withCdsiReport(await readFile(conformance, 'utf8'), root));
