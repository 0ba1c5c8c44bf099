import { type Command, CommanderError } from 'commander';
import { courierProgram } from '../../cli/program.ts';

/** The program, of which no command does anything. */
function idleProgram(): Command {
  const program = courierProgram(() => {});
  for (const command of commandsOf(program)) {
    command.configureOutput({ writeErr: () => {}, writeOut: () => {} });
    if (command.commands.length === 0) command.action(() => {});
  }
  return program;
}

function commandsOf(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(commandsOf)];
}

/** Every option of every command, as `--json`. */
export function courierOptions(): ReadonlySet<string> {
  const all = commandsOf(idleProgram()).flatMap(({ options }) => options.map(({ long }) => long ?? ''));
  return new Set([...all, '--help']);
}

/** What `courier` with these words says is wrong of its commands, options and their values; undefined where nothing is. */
export async function courierProblem(words: readonly string[]): Promise<string | undefined> {
  try {
    await idleProgram().parseAsync(words, { from: 'user' });
    return undefined;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? undefined : error.message;
  }
}
