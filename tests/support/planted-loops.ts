import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** The text of a `loop.ts` that runs keyless and has nothing wrong with it. */
export function loopText(name: string): string {
  return `import { check, defineLoop, model } from 'loopwright';
import { z } from 'zod';

const Input = z.object({ id: z.string(), text: z.string().min(1) });
const Output = z.object({ reply: z.string(), tone: z.object({ warm: z.boolean(), words: z.array(z.string()) }) });
type Input = z.infer<typeof Input>;
type Output = z.infer<typeof Output>;

export const ${name} = defineLoop({
  name: '${name}',
  input: Input,
  output: Output,
  dedupe: (input) => input.id,
  stages: {
    main: {
      generate: model<Input, Output>({
        keyless: ({ text }) => ({ reply: \`hello \${text}\`, tone: { warm: true, words: [] } }),
      }),
      verify: [
        check('greets', ({ reply }) => ({
          verdict: reply.startsWith('hello') ? 'pass' : 'fail',
          evidence: reply,
        })),
      ],
    },
  },
  act: {
    send: { run: async (output, { outbox, idempotencyKey }) => outbox.put('sent', idempotencyKey, output), repeatable: true },
  },
});
`;
}

/** Line of the first occurrence of a text. */
export function lineIn(text: string, part: string): number {
  const at = text.indexOf(part);
  if (at < 0) throw new Error(`The planted file has no "${part}".`);
  return text.slice(0, at).split('\n').length;
}

/** A folder with these files, gone when the test ends. */
export async function plantFiles(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'loopwright-loops-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}
