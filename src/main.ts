/** `npm start`: config → engine → compose → listen; drains on SIGTERM. */
import { ConfigError } from './config.ts';
import { projectRoot } from './project-root.ts';
import { serve } from './serve.ts';

try {
  await serve(process.env, projectRoot());
} catch (error) {
  process.stderr.write(`${describe(error)}\n`);
  process.exit(1);
}

/** What a person needs to read: a known refusal as it is, anything else with its stack. */
function describe(error: unknown): string {
  if (error instanceof ConfigError) return `Jenner can't start:\n${error.message}`;
  return error instanceof Error ? `Jenner can't start: ${error.message}` : String(error);
}
