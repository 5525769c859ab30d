import { z } from 'zod';

/** How a channel is reached: a webhook signed as Standard Webhooks say, an incoming webhook of Slack or what understands its messages, or mail. */
const CHANNEL_KINDS = ['webhook', 'slack', 'email'] as const;
/** How a channel is reached. */
export type ChannelKind = (typeof CHANNEL_KINDS)[number];

/** The name of an environment variable. A value that is none may be the secret itself, so it is not repeated. */
const variable = z
  .string()
  .regex(
    /^[A-Z_][A-Z0-9_]*$/,
    'Expected the name of an environment variable, such as OPS_HOOK_SECRET; Put the secret into the environment and its name here',
  );

/** Something that goes into the header of a mail: an address, alone or as `Name <address>`. */
const mailbox = z
  .string()
  .regex(
    /^(?:[\p{L}\p{N} .'_-]{1,100} <)?[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?>?$/u,
    'expected a mail address, such as ops@example.com or Loops <loops@example.com>',
  )
  .refine((text) => text.includes('<') === text.endsWith('>'), 'expected a mail address, such as ops@example.com');

const common = {
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,39}$/, 'expected lower-case letters, digits and "-"')
    .describe('What rules and commands call it.'),
  perMinute: z
    .int()
    .min(1)
    .max(600)
    .default(20)
    .describe('Most messages in a minute; what is over is put together into one.'),
};

const allowPrivate = z
  .array(z.string())
  .default([])
  .describe(
    'Private addresses, each with its port, that it may be sent to all the same: `127.0.0.1:8080`, `10.2.0.0/16:443`; with one, plain http is allowed too.',
  );

const WebhookChannel = z.strictObject({
  kind: z.literal('webhook'),
  ...common,
  url: z.string().min(1).optional().describe('Where it is sent; https.'),
  urlEnv: variable.optional().describe('Environment variable with that URL, where it is a secret.'),
  secretEnv: variable.describe('Environment variable with the secret that signs it, `whsec_…` (base64).'),
  allowPrivate,
});

const SlackChannel = z.strictObject({
  kind: z.literal('slack'),
  ...common,
  urlEnv: variable.describe('Environment variable with the URL of the incoming webhook: whoever has it can post.'),
  allowPrivate,
});

const EmailChannel = z.strictObject({
  kind: z.literal('email'),
  ...common,
  from: mailbox.describe('Who it is from.'),
  to: z.array(mailbox).min(1).max(50).describe('Who gets it.'),
  host: z
    .string()
    .regex(/^[A-Za-z0-9:.-]{1,253}$/, 'expected the name or address of a host, such as smtp.example.com')
    .describe('SMTP server.'),
  port: z.int().min(1).max(65_535).default(587).describe('Its port.'),
  tls: z
    .enum(['starttls', 'tls', 'none'])
    .default('starttls')
    .describe(
      '`starttls` sends nothing before the connection is encrypted, `tls` (port 465) begins so, `none` never is.',
    ),
  user: z.string().min(1).max(320).optional().describe('Who signs in there.'),
  passwordEnv: variable.optional().describe('Environment variable with the password.'),
});

/** Where notices are sent. */
export const Channel = z.discriminatedUnion('kind', [WebhookChannel, SlackChannel, EmailChannel]);
/** Where notices are sent. */
export type Channel = z.infer<typeof Channel>;

/** Which notices go where. */
export const NotifyRule = z.strictObject({
  when: z.string().min(1).default('true').describe('CEL over the notice.'),
  to: z.array(z.string()).min(1).describe('Names of channels.'),
});
/** Which notices go where. */
export type NotifyRule = z.infer<typeof NotifyRule>;

/** `notify.yaml`: whom Loopwright tells what waits for people. */
export const NotifyFile = z.strictObject({
  channels: z.array(Channel).min(1).describe('Where notices are sent.'),
  rules: z
    .array(NotifyRule)
    .min(1)
    .optional()
    .describe(
      'Which notices go where: to the channels of every rule that holds. Without rules, each goes to every channel.',
    ),
});
/** `notify.yaml`: whom Loopwright tells what waits for people. */
export type NotifyFile = z.infer<typeof NotifyFile>;
