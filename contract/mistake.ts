/** A mistake in a file that a person wrote: what breaks which rule, where, and what mends it. */
export interface Mistake {
  /** Path of the file as the person named it. */
  readonly file: string;
  /** From 1; absent where the mistake is of the whole file. */
  readonly line?: number;
  /** Path of the field, such as `limits.attempts`. */
  readonly field?: string;
  /** The rule and what broke it: "expected an integer from 1 to 20, got 0". */
  readonly rule: string;
  /** What to do about it, as an instruction. */
  readonly fix: string;
}

/** A mistake in one line: `hello/harness.yaml:3: \`limits.attempts\`: expected …. Fix: ….` */
export function mistakeLine({ file, line, field, rule, fix }: Mistake): string {
  const place = line === undefined ? file : `${file}:${line}`;
  return `${place}: ${field === undefined ? '' : `\`${field}\`: `}${rule}. Fix: ${fix}`;
}
