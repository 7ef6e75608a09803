/** Compiles the schema ahead, to a module that is loaded as it is: a server that starts compiles nothing (docs/validation.md). */
import { Ajv } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import { elementRule } from './element-rule.ts';
import { buildSchema, type Declarations, definitionRef, knownTypes } from './schema.ts';

/** Counted up with every change to what is made of one and the same schema: what was compiled before is then out of date. */
export const COMPILATION = 1;

/** The text of an ES module that exports one check per resource type, under the type's name. */
export function compileStructure(declarations: Declarations): string {
  const ajv = new Ajv({
    allErrors: true,
    discriminator: true,
    strict: true,
    allowUnionTypes: true,
    inlineRefs: false,
    // Length counts code units: nothing here depends on more than "not empty".
    unicode: false,
    messages: false,
    logger: false,
    // Compared one by one: a loop over codes would need a module of ajv.
    loopEnum: Number.POSITIVE_INFINITY,
    code: { source: true, esm: true, lines: false },
  });
  ajv.addKeyword(elementRule);
  ajv.addSchema(buildSchema(declarations));
  const exported = knownTypes(declarations.table).map((type) => [type, definitionRef(type)]);
  const code = standalone.default(ajv, Object.fromEntries(exported));
  if (code.includes('require(')) throw new Error('The compiled structure depends on a module of ajv.');
  return code;
}
