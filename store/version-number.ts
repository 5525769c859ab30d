/** The number of a version name: 3 of `v3`. Rows hold numbers, everybody else names. */
export function versionNumber(name: string): number {
  return Number(name.slice(1));
}
