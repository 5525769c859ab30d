import { createHash } from 'node:crypto';
import type { Channel } from '../../contract/notify-file.ts';
import { plainMessage } from '../../core/notify/plain-message.ts';
import { messageLine } from '../../core/notify/message-text.ts';
import type { Message, OpenChannel } from './channel.ts';
import { DeliveryProblem } from './delivery-problem.ts';
import { mailHtml } from './mail-html.ts';

/** How a channel that sends mails is set up. */
export type EmailSettings = Extract<Channel, { kind: 'email' }>;

/** How long a server may take to be there, to greet and to answer, in milliseconds. */
const ANSWER_MS = 10_000;

/** Longest subject, in characters. */
const SUBJECT = 150;

/**
 * Mails over SMTP, encrypted before anything is said unless the file says otherwise. A mail's Message-ID is made of what it is, and
 * mails of one subject refer to the same: sent twice it is one, and a reader shows them as a thread.
 */
export function emailChannel(
  settings: EmailSettings,
  password: string | undefined,
  authorities: string | undefined,
): OpenChannel {
  const { name, perMinute } = settings;
  return {
    name,
    kind: 'email',
    perMinute,
    async send(message, signal) {
      // Most installations send no mails.
      const { createTransport } = await import('nodemailer');
      const transport = createTransport(optionsOf(settings, password, authorities));
      // The library cannot be told to stop: whoever stops does not wait for it.
      const stopped = Promise.withResolvers<never>();
      const stop = (): void => stopped.reject(signal.reason);
      signal.addEventListener('abort', stop, { once: true });
      try {
        await Promise.race([transport.sendMail(await mailOf(settings, message)), stopped.promise]);
      } catch (error) {
        if (signal.aborted) throw error;
        throw new DeliveryProblem(whyOf(error as SmtpError));
      } finally {
        signal.removeEventListener('abort', stop);
        transport.close();
      }
    },
  };
}

function optionsOf({ host, port, tls, user }: EmailSettings, pass: string | undefined, ca: string | undefined) {
  return {
    host,
    port,
    secure: tls === 'tls',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'none',
    ...(user === undefined || pass === undefined ? {} : { auth: { user, pass } }),
    ...(ca === undefined ? {} : { tls: { ca } }),
    connectionTimeout: ANSWER_MS,
    greetingTimeout: ANSWER_MS,
    socketTimeout: ANSWER_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

async function mailOf({ from, to }: EmailSettings, { id, thread, told }: Message) {
  const domain = /@([\w.-]+)>?$/.exec(from)?.[1] ?? 'loopwright.invalid';
  const root = messageId(thread, domain);
  return {
    from,
    to: [...to],
    subject: messageLine(`[loopwright] ${told.headline}`, SUBJECT),
    messageId: messageId(id, domain),
    inReplyTo: root,
    references: root,
    // So that nobody's holiday answers it (RFC 3834).
    headers: { 'Auto-Submitted': 'auto-generated' },
    text: plainMessage(told),
    html: await mailHtml(told),
  };
}

function messageId(name: string, domain: string): string {
  return `<${createHash('sha256').update(name).digest('hex').slice(0, 40)}@${domain}>`;
}

/** What libraries for SMTP say of a failure. */
interface SmtpError extends Error {
  readonly code?: string;
  readonly responseCode?: number;
}

/** Without the server's own words: they may repeat what it was told. */
function whyOf({ code, responseCode, message }: SmtpError): string {
  if (responseCode !== undefined) return `the mail server answered ${responseCode}`;
  if (code === 'ETLS') return 'the mail server offers no encryption that holds (`tls`)';
  return `the mail server could not be reached: ${code ?? messageLine(message, 100)}`;
}
