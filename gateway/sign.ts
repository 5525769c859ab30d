import { createHmac } from 'node:crypto';
import type { HookKind } from '../contract/hooks.ts';
import { secretKey } from './signatures.ts';

/** What is sent, and as what. */
export interface Sending {
  readonly secret: string;
  /** Id of the delivery; Standard Webhooks sends it along. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** What happened, in GitHub's words; others say it in the body. */
  readonly event: string;
  readonly body: string;
}

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text);

/** The headers with which a source of a kind sends something: for trying rules out without the source. */
export const SIGN: Readonly<Record<HookKind, (sending: Sending) => Readonly<Record<string, string>>>> = {
  standard({ secret, id, at, body }) {
    const time = String(Math.floor(at / 1000));
    const signature = hmac(secretKey('standard', secret), `${id}.${time}.${body}`).digest('base64');
    return { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': `v1,${signature}` };
  },
  github: ({ secret, id, event, body }) => ({
    'x-github-delivery': id,
    'x-github-event': event,
    'x-hub-signature-256': `sha256=${hmac(secret, body).digest('hex')}`,
  }),
  stripe({ secret, at, body }) {
    const time = String(Math.floor(at / 1000));
    return { 'stripe-signature': `t=${time},v1=${hmac(secret, `${time}.${body}`).digest('hex')}` };
  },
  slack({ secret, at, body }) {
    const time = String(Math.floor(at / 1000));
    const signature = `v0=${hmac(secret, `v0:${time}:${body}`).digest('hex')}`;
    return { 'x-slack-request-timestamp': time, 'x-slack-signature': signature };
  },
};
