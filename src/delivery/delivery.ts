import { parsePhoneNumber } from '../core/address/phone-number';
import type { Channel } from '../core/member/factor-kind';
import type { Translations, Translator } from '../messages/translator';
import type { ResolvedBrand } from '../options/brand';
import type { Clock, EmailSender, SmsSender } from '../options/ports';
import type { Templates } from '../options/templates';
import { createCircuitBreaker, withTimeLimit } from './circuit-breaker';
import { DeliveryError, readFault, type CodePurpose, type DeliveryFault } from './delivery-error';
import {
  mailLocals,
  noticeMail,
  phoneNoticeText,
  smsText,
  type Notice,
  type NoticeOrigin,
  type Recipient,
  type Site,
} from './message-text';
import { sendEmail, type Mail } from './send-email';

export type { Notice, NoticeOrigin } from './message-text';

export interface DeliveryOptions extends Pick<Site, 'host' | 'baseUrl'> {
  readonly brandOf: (organizationId: string) => Promise<ResolvedBrand>;
  readonly translations: Translations;
  readonly email: EmailSender | null;
  readonly sms: SmsSender | null;
  readonly clock: Clock;
  readonly smsTimeoutSeconds: number;
  readonly emailTimeoutSeconds: number;
  readonly codeSeconds: number;
  /** Default: the package's templates. */
  readonly templates?: Templates;
  /** Where the SMS provider reports the status of messages. */
  readonly statusCallbackUrl?: string;
  /** Called for every failed send, also if a fallback succeeds. */
  readonly onFailure: (failure: DeliveryFailure) => void;
}

export interface DeliveryFailure {
  readonly by: Channel;
  readonly because: DeliveryFault | 'provider-spared';
  readonly error: unknown;
}

export interface CodeToSend extends Recipient {
  readonly by: Channel;
  /** A failed SMS falls back to the email address, if there is one. */
  readonly destinations: { readonly sms?: string; readonly email?: string };
  readonly code: string;
  readonly purpose: CodePurpose;
  /** Failures of one user count once for the circuit breaker. */
  readonly userId?: string;
  readonly userName: string;
  readonly origin?: NoticeOrigin;
  /** Set if the email replaces a text message, which it then mentions. */
  readonly fallbackFrom?: Channel | null;
  /**
   * Returns the code for the fallback mail, or null for no mail. Without it, the mail has the same code; do not rely on that if
   * the text message may still arrive.
   */
  readonly codeForMail?: (failed: SendOutcome & { readonly outcome: 'failed' }) => Promise<string | null>;
  /** Called when a sender accepts the message after its timeout. */
  readonly onLate?: (sent: LateDelivery) => void;
}

export interface LateDelivery {
  readonly sentBy: Channel;
  readonly messageId: string | null;
}

export type SendOutcome =
  | {
      readonly outcome: 'sent';
      readonly sentBy: Channel;
      readonly fallbackFrom: Channel | null;
      readonly messageId: string | null;
    }
  | {
      readonly outcome: 'failed';
      readonly because: DeliveryFailure['because'];
      /** The message may still have been sent; always possible after `timed-out`. */
      readonly mayArrive?: true;
    };

type Failed = SendOutcome & { readonly outcome: 'failed' };

/** Whether the message may still arrive, so that its code must stay valid. */
export function mayArrive({ because, mayArrive: isPossible }: Failed): boolean {
  return isPossible === true || because === 'timed-out';
}

export interface NoticeToSend extends Recipient {
  readonly to: string;
  readonly userName: string;
  readonly notice: Notice;
}

export interface Delivery {
  /** Never rejects. Takes no longer than the time limits. */
  sendCode(code: CodeToSend): Promise<SendOutcome>;
  /** Rejects if the notice was not sent within the time limit. */
  sendNotice(notice: NoticeToSend): Promise<void>;
  /** Tells a phone that it is no longer a sign-in method. Rejects if it was not sent within the time limit. */
  sendPhoneNotice(to: string, recipient: Recipient): Promise<void>;
  /** Runs a task in the background; its error is passed to `onFailure`. */
  inBackground(task: () => Promise<void>, onFailure: (error: unknown) => void): void;
  settled(): Promise<void>;
}

/** After three consecutive failures of the SMS provider, not counting refused recipients, it is not used for a minute. */
const BREAKER = { failures: 3, openSeconds: 60 };

const PURPOSES = { login: 'sign-in', unlock: 'sign-in', enroll: 'enrollment', 'step-up': 'step-up' } as const;

export function createDelivery(options: DeliveryOptions): Delivery {
  const { translations, clock, codeSeconds, smsTimeoutSeconds, statusCallbackUrl } = options;
  const breaker = createCircuitBreaker({ clock, ...BREAKER });
  const inProgress = new Set<Promise<void>>();

  async function siteOf({ organizationId }: Recipient): Promise<Site> {
    const brand = await options.brandOf(organizationId);
    return { ...options, issuer: brand.name, brand };
  }

  const mailTo = (to: string, mail: Mail, how: { translator: Translator; onLate?: () => void }) => {
    const { email, emailTimeoutSeconds: timeoutSeconds, templates } = options;
    return sendEmail(email, { to, mail, timeoutSeconds, templates, ...how });
  };

  function fail(by: Channel, error: unknown): Failed {
    const fault = readFault(error);
    const { because } = fault;
    options.onFailure({ by, because, error });
    const isLost = fault.mayArrive && because !== 'timed-out';
    return { outcome: 'failed', because, ...(isLost ? { mayArrive: true } : {}) };
  }

  async function trySms(sender: SmsSender, sent: CodeToSend): Promise<SendOutcome> {
    const parsed = parsePhoneNumber(sent.destinations.sms);
    if (parsed.outcome === 'refused') {
      return fail('sms', new DeliveryError('destination-refused', 'The number is not a phone number.'));
    }
    if (!breaker.tryEnter()) {
      const error = new DeliveryError(
        'provider-failed',
        'The SMS provider has failed several times; it is tried again soon.',
      );
      options.onFailure({ by: 'sms', because: 'provider-spared', error });
      return { outcome: 'failed', because: 'provider-spared' };
    }
    const message = {
      to: parsed.e164,
      text: smsText(translations.for(sent.language), { ...(await siteOf(sent)), ...sent, codeSeconds }),
      ...(statusCallbackUrl === undefined ? {} : { statusCallbackUrl }),
    };
    try {
      // A sender in JavaScript may return nothing, although the text was sent.
      type Answer = Partial<Awaited<ReturnType<typeof sender.send>>> | undefined;
      const idOf = (answer: Answer) => answer?.messageId ?? null;
      const answer: Answer = await withTimeLimit(
        smsTimeoutSeconds,
        (signal) => sender.send(message, signal),
        (late: Answer) => sent.onLate?.({ sentBy: 'sms', messageId: idOf(late) }),
      );
      breaker.recordSuccess();
      return { outcome: 'sent', sentBy: 'sms', fallbackFrom: null, messageId: idOf(answer) };
    } catch (error) {
      judgeProvider(error, sent);
      return fail('sms', error);
    }
  }

  /**
   * One account must not open the circuit for all others. In an enrollment the account chooses the number, so even a clear failure
   * counts once for each account. An unclear failure counts once at a sign-in, and not at all in an enrollment.
   */
  function judgeProvider(error: unknown, { purpose, userId }: CodeToSend): void {
    const { isProviderDown } = readFault(error);
    const isEnrollment = purpose === 'enroll';
    if (isProviderDown === 'no') breaker.recordSuccess();
    else if (isProviderDown === 'yes') breaker.recordFailure(isEnrollment ? userId : undefined);
    else if (!isEnrollment) breaker.recordFailure(userId);
  }

  async function tryEmail(to: string, sent: CodeToSend, fallbackFrom: Channel | null): Promise<SendOutcome> {
    const { userName, origin = null, code } = sent;
    const translator = translations.for(sent.language);
    const mail: Mail = {
      name: 'code',
      locals: {
        mail: mailLocals(translator, await siteOf(sent), { userName, at: clock.now(), origin }),
        code,
        validFor: translator.duration(codeSeconds),
        purpose: PURPOSES[sent.purpose],
        fallbackFrom,
      },
    };
    try {
      const onLate = () => sent.onLate?.({ sentBy: 'email', messageId: null });
      await mailTo(to, mail, { translator, onLate });
      return { outcome: 'sent', sentBy: 'email', fallbackFrom, messageId: null };
    } catch (error) {
      return fail('email', error);
    }
  }

  return {
    async sendCode(sent) {
      const { email } = sent.destinations;
      if (sent.by === 'email') {
        if (email !== undefined) return tryEmail(email, sent, sent.fallbackFrom ?? null);
        return fail('email', new DeliveryError('destination-refused', 'There is no email address.'));
      }
      const bySms =
        options.sms === null
          ? fail('sms', new DeliveryError('provider-failed', 'There is no SMS sender.'))
          : await trySms(options.sms, sent);
      if (bySms.outcome === 'sent' || email === undefined || options.email === null) return bySms;
      const code = sent.codeForMail === undefined ? sent.code : await sent.codeForMail(bySms);
      return code === null ? bySms : tryEmail(email, { ...sent, code }, 'sms');
    },

    async sendNotice({ to, ...sent }) {
      const translator = translations.for(sent.language);
      await mailTo(to, noticeMail(translator, await siteOf(sent), sent), { translator });
    },

    async sendPhoneNotice(to, recipient) {
      const { sms } = options;
      if (sms === null) return;
      const text = phoneNoticeText(translations.for(recipient.language), await siteOf(recipient));
      const message = { to, text };
      await withTimeLimit(smsTimeoutSeconds, (signal) => sms.send(message, signal));
    },

    inBackground(task, onFailure) {
      const running = task()
        .catch(onFailure)
        .finally(() => inProgress.delete(running));
      inProgress.add(running);
    },

    async settled() {
      while (inProgress.size > 0) await Promise.allSettled(inProgress);
    },
  };
}
