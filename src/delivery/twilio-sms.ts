import { validateRequest } from 'twilio';
import * as z from 'zod';
import { checkWhole, type RulesFor } from '../options/option-check';
import { NO_MESSAGE, someText } from '../options/option-kinds';
import type { SmsSender } from '../options/ports';
import { DeliveryError, endWithoutAnswer, isRecipientCode } from './delivery-error';

/** The part of a Twilio client that the package uses. */
export interface TwilioClient {
  readonly messages: {
    create(message: {
      readonly to: string;
      readonly body: string;
      readonly from?: string;
      readonly messagingServiceSid?: string;
      readonly statusCallback?: string;
    }): Promise<{ readonly sid: string }>;
    list?(query: { readonly limit: number; readonly pageSize: number }): Promise<unknown>;
  };
}

export interface TwilioSmsOptions {
  /** The result of `twilio(accountSid, authToken, { timeout })`. */
  readonly client: TwilioClient;
  /** Your number in E.164, a sender name, or the id of a messaging service (`MG…`). */
  readonly from: string;
  /** Used to check the signature of status callbacks. Without it, they are ignored. */
  readonly authToken?: string;
}

const RULES = {
  client: {
    schema: z.custom((value) => hasCreate(value), NO_MESSAGE),
    allowed: 'a client of Twilio',
    write: 'client: twilio(accountSid, authToken)',
    required: true,
  },
  from: {
    ...someText(
      'a number in E.164, a sender name, or the id of a messaging service',
      "from: '+15005550006', or the id 'MG…' of a messaging service",
    ),
    required: true,
  },
  authToken: {
    ...someText('the token that Twilio signs its callbacks with', 'authToken: process.env.TWILIO_AUTH_TOKEN'),
    shown: false,
  },
} satisfies RulesFor<TwilioSmsOptions>;

/** Twilio's `messages` is a function with methods. */
function hasCreate(client: unknown): boolean {
  const messages: unknown = Reflect.get(Object(client), 'messages');
  return typeof Reflect.get(Object(messages), 'create') === 'function';
}

/** Twilio's error codes with status 400 that concern the sender: any recipient would be refused. */
const SENDER_FAULTS: ReadonlySet<unknown> = new Set([
  21212, 21603, 21606, 21611, 21618, 21701, 21702, 21703, 21704,
]);

/** Twilio's error may contain the whole request with the code, so only its status and error code are kept. */
function toDeliveryError(error: unknown): DeliveryError {
  const read = (name: string) =>
    typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
  const status: unknown = read('status');
  const code: unknown = read('code');
  const details = [status, code].filter((detail) => typeof detail === 'string' || typeof detail === 'number');
  if (isRecipientCode(code) || (status === 400 && !SENDER_FAULTS.has(code))) {
    return new DeliveryError('destination-refused', `Twilio refused this number (${details.join(' ')}).`);
  }
  const end = endWithoutAnswer(error);
  if (end === 'timed-out')
    return new DeliveryError('timed-out', `Twilio did not answer (${details.join(' ')}).`);
  return new DeliveryError('provider-failed', `Twilio could not send (${details.join(' ')}).`, {
    answered: status === 400,
    mayArrive: end !== null,
  });
}

/**
 * Sends text messages through the host's Twilio client. Throws {@link ConfigurationError} if an option is unknown or invalid.
 *
 * @example
 * const sms = twilioSms({ client: twilio(accountSid, authToken), from: '+15005550006', authToken });
 */
export function twilioSms(options: TwilioSmsOptions): SmsSender {
  checkWhole('options', options, RULES, 'twilioSms({ client, from, authToken })');
  const { client, from, authToken } = options;
  const sender = /^MG[0-9a-f]{32}$/i.test(from) ? { messagingServiceSid: from } : { from };
  const smsSender: SmsSender = {
    async send({ to, text, statusCallbackUrl }, signal) {
      signal.throwIfAborted();
      const callback = statusCallbackUrl === undefined ? {} : { statusCallback: statusCallbackUrl };
      try {
        const { sid } = await client.messages.create({ to, body: text, ...sender, ...callback });
        return { messageId: sid };
      } catch (error) {
        throw toDeliveryError(error);
      }
    },
    async check() {
      try {
        // The cheapest request that every kind of API key is allowed to make. It sends nothing.
        await client.messages.list?.({ limit: 1, pageSize: 1 });
      } catch (error) {
        throw toDeliveryError(error);
      }
    },
  };
  if (authToken === undefined) return smsSender;
  return {
    ...smsSender,
    readStatus({ url, signature, body }) {
      const messageId = body['MessageSid'];
      if (signature === undefined || messageId === undefined) return 'refused';
      if (!validateRequest(authToken, signature, url, body)) return 'refused';
      const status = body['MessageStatus'];
      return { messageId, undelivered: status === 'undelivered' || status === 'failed' };
    },
  };
}
