import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { EXIT } from '../../contract/exit-codes.ts';
import { CommandError } from '../command.ts';

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
  const where = source === '-' ? 'from stdin' : inputFile === undefined ? 'of --input' : `in ${inputFile}`;
  const bytes =
    source === '-'
      ? await buffer(process.stdin)
      : inputFile === undefined
        ? Buffer.from(source)
        : await fileBytes(inputFile);
  const json = textOf(bytes, where);
  if (Buffer.byteLength(json) > MOST_BYTES)
    throw usage(
      `The input has ${Buffer.byteLength(json)} bytes; at most ${MOST_BYTES} can be given. Give a reference to it instead.`,
    );
  try {
    return JSON.parse(json) as unknown;
  } catch (error) {
    throw usage(
      `The input ${where} is no JSON: ${(error as Error).message}. Give one JSON object, such as '{"id":"4711"}'.`,
    );
  }
}

/** UTF-8, or what a byte order mark says it is: PowerShell writes UTF-16 with one. The mark is no part of the text. */
function textOf(bytes: Buffer, where: string): string {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw usage(`The input ${where} is no ${encoding.toUpperCase()} text. Save it as UTF-8.`);
  }
}

async function fileBytes(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw usage(`The input file ${path} cannot be read: ${(error as Error).message}`);
  }
}

function usage(message: string): CommandError {
  return new CommandError(message, EXIT.usage);
}
