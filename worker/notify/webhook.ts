import { slackMessage } from '../../core/notify/slack-message.ts';
import { webhookBody } from '../../core/notify/webhook-body.ts';
import { SIGN } from '../../gateway/sign.ts';
import type { OpenChannel } from './channel.ts';
import { post } from './post.ts';

/** Where a webhook goes. */
export interface WebhookTarget {
  readonly name: string;
  readonly perMinute: number;
  readonly url: string;
  readonly allowPrivate: readonly string[];
}

/** A webhook that is signed as Standard Webhooks say; its `webhook-id` is the same for every try. */
export function webhookChannel({ name, perMinute, ...target }: WebhookTarget, secret: string): OpenChannel {
  return {
    name,
    kind: 'webhook',
    perMinute,
    async send({ id, type, told, fields, at }, signal) {
      const body = JSON.stringify(webhookBody(type, told, { id, ...fields }, at));
      const headers = SIGN.standard({ secret, id, at, event: type, body });
      await post({ ...target, body, headers, signal });
    },
  };
}

/** An incoming webhook of Slack, or of what understands its messages. */
export function slackChannel({ name, perMinute, ...target }: WebhookTarget): OpenChannel {
  return {
    name,
    kind: 'slack',
    perMinute,
    send: ({ told }, signal) => post({ ...target, body: JSON.stringify(slackMessage(told)), headers: {}, signal }),
  };
}
