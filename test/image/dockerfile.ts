/** One line of a Dockerfile: `COPY`, and its words, or its JSON list. */
export type Instruction = { readonly name: string; readonly words: readonly string[]; readonly text: string };

/** A stage: what comes between two `FROM`. */
export type Stage = { readonly name: string | undefined; readonly instructions: readonly Instruction[] };

/**
 * Reads as much of a Dockerfile as ours has: comments, lines that go on, words and JSON lists.
 *
 * @throws Error for an instruction before the first stage other than `ARG`.
 */
export function stagesOf(dockerfile: string): readonly Stage[] {
  const lines = dockerfile
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('#'))
    .join('\n')
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const stages: { name: string | undefined; instructions: Instruction[] }[] = [];
  for (const line of lines) {
    const [, name = '', text = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
    const words = text.startsWith('[') ? (JSON.parse(text) as string[]) : text.split(/\s+/);
    if (name === 'FROM') stages.push({ name: / AS (\w+)$/.exec(text)?.[1], instructions: [] });
    else if (stages.length > 0) stages.at(-1)?.instructions.push({ name, words, text });
    else if (name !== 'ARG') throw new Error(`before any stage: ${line}`);
  }
  return stages;
}

/** The words of the last instruction of a name. @throws Error when there is none. */
export function lastOf({ instructions }: Stage, name: string): readonly string[] {
  const found = instructions.findLast((instruction) => instruction.name === name);
  if (found === undefined) throw new Error(`the stage has no ${name}`);
  return found.words;
}
