import { z } from 'zod';

/** What a field of an output may be: a part of JSON Schema, and nothing else, so that a slip is refused and not passed over. */
const field = z.strictObject({
  type: z.enum(['string', 'number', 'integer', 'boolean']).optional().describe('What the field is, where it is there.'),
  enum: z
    .array(z.union([z.string().max(1000), z.number(), z.boolean()]))
    .min(1)
    .max(500)
    .optional()
    .describe('The values that it may have.'),
  minimum: z.number().optional().describe('The least that a number may be.'),
  maximum: z.number().optional().describe('The most that a number may be.'),
  maxLength: z.int().min(0).max(1_000_000).optional().describe('Most characters of a text.'),
});

/** What a loop's output has to be for one of its effects: a small part of JSON Schema. */
export const ToolArgs = z.strictObject({
  type: z.literal('object').default('object').describe('The output itself.'),
  properties: z.record(z.string().min(1).max(200), field).default({}).describe('Fields of the output, by name.'),
  required: z.array(z.string().min(1).max(200)).max(100).default([]).describe('Fields that have to be there.'),
});
/** What a loop's output has to be for one of its effects. */
export type ToolArgs = z.infer<typeof ToolArgs>;

/** The contract of an effect: under what conditions a loop may do it. */
export const Tool = z.strictObject({
  name: z.string().min(1).max(200).describe("One of the loop's effects (`act`)."),
  allow: z.boolean().default(true).describe('Whether it may be done at all.'),
  args: ToolArgs.optional().describe(
    'JSON Schema that the output has to fit; another output passes no verification, and is not acted on.',
  ),
  maxCalls: z.int().min(1).max(1_000_000).optional().describe('How often a day (UTC) it may be done.'),
  approve: z.boolean().default(false).describe('Whether each use waits for a person.'),
});
/** The contract of an effect. */
export type Tool = z.infer<typeof Tool>;
