/** What our own secrets and keys of known providers look like: OpenAI and its kind, GitHub, Slack, AWS, Google, Hugging Face, JSON Web Tokens. */
export const KEYS =
  /\b(?:lw(?:_[0-9a-f]{12}|[cs])_[0-9a-f]{64}|sk-[A-Za-z0-9_-]{12,}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|xox[abposr]-[\w-]{10,}|AKIA[A-Z0-9]{16}|AIza[\w-]{30,}|hf_[A-Za-z0-9]{20,}|eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*)/g;

/** Variables whose values are secrets, by their names. */
const SECRET_NAME = /(?:KEY|TOKEN|SECRET|PASSWORD)$/;
/** Shorter values would hide words. */
const SHORTEST_SECRET = 8;

/** Hides what looks like a key, and every value of a variable that is named like a secret: messages of parsers quote lines of files. */
export function redactor(env: NodeJS.ProcessEnv): (text: string) => string {
  const values = secretValues(env);
  return (text) => {
    const hidden = values.reduce((rest, value) => rest.replaceAll(value, '…'), text);
    return hidden.replace(KEYS, (found) => `${found.slice(0, 3)}…`);
  };
}

/** Values of such variables, longest first, so that no part of one is left when another that begins alike is hidden. */
export function secretValues(env: NodeJS.ProcessEnv): string[] {
  return Object.entries(env)
    .flatMap(([name, value = '']) => (SECRET_NAME.test(name) && value.length >= SHORTEST_SECRET ? [value] : []))
    .toSorted((one, other) => other.length - one.length);
}
