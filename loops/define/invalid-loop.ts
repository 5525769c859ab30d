/** What breaks which rule in a definition, and what mends it. */
export interface DefinitionMistake {
  /** Path in the definition, such as `stages.main.verify`. */
  readonly field: string;
  /** The rule and what broke it, without a full stop. */
  readonly rule: string;
  /** What to do about it: a sentence. */
  readonly fix: string;
}

/** A loop's definition with mistakes, all of them: what `defineLoop` throws. */
export class InvalidLoop extends Error {
  override readonly name = 'InvalidLoop';
  readonly mistakes: readonly DefinitionMistake[];

  constructor(loop: string, mistakes: readonly DefinitionMistake[]) {
    const lines = mistakes.map(({ field, rule, fix }) => `\`${field}\`: ${rule}. Fix: ${fix}`);
    super(`Loop ${loop} cannot be used:\n${lines.join('\n')}`);
    this.mistakes = mistakes;
  }
}
