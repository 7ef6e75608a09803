/** `npm run jenner -- <command> …`: work on the database from the command line, whether the server runs or not. */
import { cdsiCommand } from './cdsi-command.ts';
import { codesetsCommand } from './codesets-command.ts';
import { ConfigError } from './config.ts';
import { explainCommand } from './explain-command.ts';
import { forecastCommand } from './forecast-command.ts';
import { loadCommand } from './load-command.ts';
import { projectRoot } from './project-root.ts';
import { rotateKeysCommand } from './rotate-keys-command.ts';
import { TOKEN_USAGE, tokenCommand } from './token-command.ts';
import { USER_USAGE, userCommand } from './user-command.ts';

/** A command gets its own arguments and answers the exit code. */
type Command = (args: readonly string[], root: URL) => Promise<number>;

const COMMANDS: Readonly<Record<string, { readonly run: Command; readonly usage: string }>> = {
  load: { run: loadCommand, usage: 'load <files or folders>   load Bundles and NDJSON, also gzipped' },
  explain: {
    run: explainCommand,
    usage: 'explain "<query>" [--json]   show how the database answers a search, and by which index',
  },
  codesets: {
    run: codesetsCommand,
    usage: "codesets import <files or folder> | list   take in CDC's code sets; list what is in force",
  },
  token: { run: tokenCommand, usage: TOKEN_USAGE },
  user: { run: userCommand, usage: USER_USAGE },
  'rotate-keys': { run: rotateKeysCommand, usage: 'rotate-keys   sign tokens with new keys' },
  forecast: {
    run: forecastCommand,
    usage:
      'forecast --schedule <version> --cases <file>   run immunization test cases\n' +
      "  forecast --population [--schedule <version>]   make everybody's forecast anew",
  },
  cdsi: {
    run: cdsiCommand,
    usage:
      "cdsi import <folder>   install a release of CDC's immunization schedule\n" +
      '  cdsi diff <from> <to>   show whom of the population a release affects',
  },
};

const USAGE = `Usage: npm run jenner -- <command>\n\n${Object.values(COMMANDS)
  .map(({ usage }) => `  ${usage}`)
  .join('\n')}\n`;

async function main([name, ...args]: readonly string[]): Promise<number> {
  const command = name === undefined || !Object.hasOwn(COMMANDS, name) ? undefined : COMMANDS[name];
  if (command) return command.run(args, projectRoot());
  const isHelp = name === undefined || name === 'help' || name === '--help';
  (isHelp ? process.stdout : process.stderr).write(isHelp ? USAGE : `There is no command ${name}.\n\n${USAGE}`);
  return isHelp ? 0 : 2;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const known = error instanceof ConfigError;
  process.stderr.write(
    `${known || !(error instanceof Error) ? String((error as Error).message ?? error) : error.stack}\n`,
  );
  process.exitCode = 1;
}
