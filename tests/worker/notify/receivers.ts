import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import { onTestFinished } from 'vitest';
import { certificate } from '../../support/broken-servers.ts';

/** Something that was posted. */
export interface Posted {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly json: { readonly type?: string; readonly data?: Readonly<Record<string, unknown>>; readonly text?: string };
}

/** What an HTTP server answers: a status and headers, or nothing at all. */
export type Answers = (
  posted: Posted,
  count: number,
) => { status: number; headers?: Record<string, string> } | 'silence';

/** A server that notes what is posted to it. */
export async function httpReceiver(answers: Answers = () => ({ status: 200 })) {
  const posted: Posted[] = [];
  const server = createServer((request, response) => {
    void read(request).then((one) => {
      posted.push(one);
      const answer = answers(one, posted.length);
      if (answer !== 'silence') response.writeHead(answer.status, answer.headers).end('thanks');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { posted, port, url: `http://127.0.0.1:${port}/in`, allowPrivate: [`127.0.0.1:${port}`] };
}

async function read(request: IncomingMessage): Promise<Posted> {
  const body = await text(request);
  const headers = request.headers as Record<string, string>;
  return { path: request.url ?? '', headers, body, json: JSON.parse(body) as Posted['json'] };
}

/** A mail as the server got it. */
export interface Mailed {
  readonly from: string;
  readonly to: readonly string[];
  readonly user: string | undefined;
  readonly secure: boolean;
  readonly source: string;
}

/** An SMTP server on `localhost` that notes what it gets; without `starttls` it offers no encryption. */
export async function smtpReceiver({ starttls }: { readonly starttls: boolean }) {
  const mails: Mailed[] = [];
  const { key, cert } = certificate('localhost');
  const server = new SMTPServer({
    key,
    cert,
    disabledCommands: starttls ? [] : ['STARTTLS', 'AUTH'],
    authOptional: true,
    onAuth: ({ username, password }, _session, done) =>
      done(password === 'the mail password' ? null : new Error('no'), { user: username ?? '' }),
    onData(stream, session, done) {
      void text(stream).then((source) => {
        const { mailFrom, rcptTo } = session.envelope;
        const from = mailFrom === false ? '' : (mailFrom?.address ?? '');
        const to = rcptTo.map(({ address }) => address);
        mails.push({ from, to, user: session.user?.toString(), secure: session.secure, source });
        done();
      });
    },
  });
  server.on('error', () => undefined);
  const listening = await new Promise<AddressInfo>((resolve) => {
    const net = server.listen(0, '127.0.0.1', () => resolve(net.address() as AddressInfo));
  });
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { mails, port: listening.port, authorities: cert };
}
