/** A person's name as it is compared: Ada, ADA and ada are one, however they are written. */
export function personOf(name: string): string {
  return name.normalize('NFKC').trim().toLowerCase();
}
