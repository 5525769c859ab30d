import type { Command } from 'commander';
import { createProgram } from '../../worker/program.ts';
import { table } from './schema-table.ts';

/** Every command with its arguments and options, from the program itself. */
export function commandsPage(): string {
  const nobody = { env: {}, cacheDir: '', version: '', report: () => {}, print: () => {} };
  return createProgram(nobody)
    .commands.map((command) => section(command, 'loopwright'))
    .join('\n\n');
}

function section(command: Command, parent: string): string {
  const name = `${parent} ${command.name()}`;
  const words = command.registeredArguments.map((argument) => [
    `\`${argument.required ? `<${argument.name()}>` : `[${argument.name()}]`}\``,
    '',
    argument.description,
  ]);
  const options = command.options
    .filter((option) => !option.hidden)
    .map((option) => [`\`${option.flags}\``, defaultOf(option.defaultValue), option.description]);
  const rows = [...words, ...options];
  return [
    `## ${name}`,
    sentence(command.description()),
    ...(rows.length === 0 ? [] : [table(['argument or option', 'default', 'meaning'], rows)]),
    ...command.commands.map((sub) => section(sub, name)),
  ].join('\n\n');
}

function defaultOf(value: unknown): string {
  return value === undefined || value === false
    ? ''
    : `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;
}
