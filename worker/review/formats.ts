import type { JsonSchema } from '../../core/json-schema.ts';

/** A text of the formats that zod writes into a JSON Schema; of some, such as times, it writes the pattern alone. */
const FORMATTED: Readonly<Record<string, string>> = {
  uuid: '00000000-0000-4000-8000-000000000000',
  date: '2026-01-31',
  'date-time': '2026-01-31T12:00:00Z',
  time: '12:00:00',
  duration: 'P1D',
  email: 'nobody@example.com',
  uri: 'https://example.com/',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  cidrv4: '192.0.2.0/24',
  cidrv6: '2001:db8::/32',
  base64: 'enE=',
  base64url: 'enE',
  hostname: 'example.com',
  mac: '00:00:5e:00:53:01',
  e164: '+15555550100',
  cuid: 'cjld2cjxh0000qzrmn831i7rn',
  cuid2: 'tz4a98xxat96iws9zmbrgj3a',
  ulid: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
  nanoid: 'V1StGXR8_Z5jdHi6B-myT',
};

/** `text` where the format and the pattern of a schema take it, else one of that format, or of any that fits the pattern. */
export function formatted(text: string, { format, pattern }: JsonSchema): string {
  const known = format === undefined ? undefined : FORMATTED[format];
  if (known !== undefined || pattern === undefined) return known ?? text;
  return [text, ...Object.values(FORMATTED)].find((one) => new RegExp(pattern).test(one)) ?? text;
}
