import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { EXIT } from '../../contract/exit-codes.ts';
import { CommandError } from '../commands/context.ts';

/** Temporal refuses larger ones, in bytes. */
const MOST_BYTES = 1_900_000;

/** Where a command's input is. */
export interface InputOptions {
  /** JSON, or `-` for stdin. */
  readonly input?: string;
  /** File with JSON, or `-` for stdin. */
  readonly inputFile?: string;
}

/** Reads a run's input; undefined where none is given. @throws CommandError (usage) where it is no JSON, too large, or given twice. */
export async function readInput({ input, inputFile }: InputOptions): Promise<unknown> {
  if (input !== undefined && inputFile !== undefined)
    throw usage('Give the input once: with --input or with --input-file.');
  const source = input === '-' || inputFile === '-' ? '-' : (inputFile ?? input);
  if (source === undefined) return undefined;
  const json =
    source === '-' ? await text(process.stdin) : inputFile === undefined ? source : await fileText(inputFile);
  if (Buffer.byteLength(json) > MOST_BYTES)
    throw usage(
      `The input has ${Buffer.byteLength(json)} bytes; at most ${MOST_BYTES} can be given. Give a reference to it instead.`,
    );
  try {
    return JSON.parse(json) as unknown;
  } catch (error) {
    const where = source === '-' ? 'from stdin' : inputFile === undefined ? 'of --input' : `in ${inputFile}`;
    throw usage(
      `The input ${where} is no JSON: ${(error as Error).message}. Give one JSON object, such as '{"id":"4711"}'.`,
    );
  }
}

async function fileText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw usage(`The input file ${path} cannot be read: ${(error as Error).message}`);
  }
}

function usage(message: string): CommandError {
  return new CommandError(message, EXIT.usage);
}
