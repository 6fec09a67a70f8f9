import * as z from 'zod';
import { PlainSecret, openSecret, sealSecret, type SealBinding } from '../../core/proof/secrets';
import type { Notice } from '../../delivery/delivery';
import { DeliveryError } from '../../delivery/delivery-error';
import type { KeptNotice } from '../../records/queue-records';
import { issueUnlockLink } from '../challenge/unlock-link';
import { newId, type FlowContext } from '../context/context';
import { CLAIM_SECONDS, MOST_KEPT, nextTry, drainQueue } from '../context/durable-queue';
import { retryWebhooks } from '../webhooks/send-webhook';

export interface NoticeBody {
  readonly userName: string;
  /** The recipient's language (BCP 47); undefined for the app's first language. */
  readonly language?: string | undefined;
  readonly notice: Notice;
}

/** The stored form of a notice: without the unlock link, which is created when the email is sent. */
export function writeNoticeBody({ userName, language, notice }: NoticeBody): string {
  const kept = notice.kind === 'proofs-locked' ? { ...notice, unlockUrl: null } : notice;
  return JSON.stringify({ userName, language, notice: kept });
}

/** The fields of every notice. The fields of its kind are not checked. */
const BODY = z.object({
  userName: z.string(),
  language: z.string().optional(),
  notice: z.looseObject({ kind: z.string(), at: z.number(), origin: z.looseObject({}).nullable() }),
});

function isBody(value: unknown): value is NoticeBody {
  return BODY.safeParse(value).success;
}

export function parseNoticeBody(text: string): NoticeBody | null {
  try {
    const body: unknown = JSON.parse(text);
    return isBody(body) ? body : null;
  } catch {
    return null;
  }
}

export interface Letter extends NoticeBody {
  readonly to: string;
  readonly userId: string;
  readonly organizationId: string;
}

/** A notice is stored before it is sent, so that it is not lost if the mail server is down or the process ends. */
export function sendNoticeInBackground(context: FlowContext, letter: Letter): void {
  context.delivery.inBackground(() => sendNotice(context, letter), context.options.onError);
}

/** Sends a notice and waits for it, for work that sends one email at a time. */
export async function sendNotice(context: FlowContext, letter: Letter): Promise<void> {
  const kept = toKept(context, letter);
  await keep(context, kept, CLAIM_SECONDS).catch(context.options.onError);
  await trySending(context, kept, letter);
}

function toKept(context: FlowContext, letter: Letter): KeptNotice {
  const id = newId();
  const { userId, organizationId } = letter;
  const sealedAddress = sealSecret(context.keyRing, new PlainSecret(letter.to), bindingOf({ id, userId }));
  const body = writeNoticeBody(letter);
  return { id, userId, organizationId, sealedAddress, body, keptAt: context.clock.now(), attempts: 0 };
}

export function bindingOf({ id, userId }: Pick<KeptNotice, 'id' | 'userId'>): SealBinding {
  return { userId, authenticatorId: `notice-${id}`, kind: 'notice' };
}

/** Without an email sender, nothing is stored. */
async function keep(context: FlowContext, kept: KeptNotice, waitSeconds: number): Promise<void> {
  if (context.options.email === null) return;
  const dueAt = context.clock.now() + waitSeconds * 1000;
  const dropped = await context.records.notices.keep(kept, { dueAt, most: MOST_KEPT });
  if (dropped > 0) report(context, kept, 'notice-abandoned', { because: 'too-many', count: dropped });
}

export async function trySending(
  context: FlowContext,
  kept: KeptNotice,
  letter: NoticeBody & { readonly to: string },
): Promise<boolean> {
  const { to, userName, language } = letter;
  try {
    const notice = await withUnlockLink(context, kept.userId, letter.notice);
    const { organizationId } = kept;
    await context.delivery.sendNotice({ to, userName, language, organizationId, notice });
  } catch (error) {
    context.options.onError(error);
    await postpone(context, kept, { notice: letter.notice, error });
    return false;
  }
  await drop(context, kept);
  return true;
}

/** The link is the only secret in a notice, so it is created when the email is sent and never stored. */
async function withUnlockLink(context: FlowContext, userId: string, notice: Notice): Promise<Notice> {
  if (notice.kind !== 'proofs-locked' || context.clock.now() >= notice.lockedUntil) return notice;
  return {
    ...notice,
    unlockUrl: await issueUnlockLink(context, { userId, lockedUntil: notice.lockedUntil }),
  };
}

async function postpone(
  context: FlowContext,
  kept: KeptNotice,
  failed: { readonly notice: Notice; readonly error: unknown },
): Promise<void> {
  const { notice, error } = failed;
  const { isTooOld, waitSeconds, ...next } = nextTry(kept, context.clock.now());
  if (next.attempts === 1) report(context, kept, 'notice-failed', { notice: notice.kind });
  const refused = error instanceof DeliveryError && error.because === 'destination-refused';
  if (refused || isTooOld || context.options.email === null) {
    await abandon(context, kept, {
      notice: notice.kind,
      because: refused ? 'destination-refused' : isTooOld ? 'too-old' : 'no-email-sender',
    });
    return;
  }
  await keep(context, { ...kept, ...next }, waitSeconds);
}

export async function abandon(
  context: FlowContext,
  kept: KeptNotice,
  details: { readonly notice: string; readonly because: string },
): Promise<void> {
  report(context, kept, 'notice-abandoned', { ...details, attempts: kept.attempts });
  await drop(context, kept);
}

/** If a notice cannot be removed, it is sent again later. That is better than never. */
async function drop(context: FlowContext, kept: KeptNotice): Promise<void> {
  if (context.options.email === null) return;
  await context.records.notices.drop(kept.id).catch(context.options.onError);
}

function report(
  context: FlowContext,
  { userId, organizationId }: KeptNotice,
  name: 'notice-failed' | 'notice-abandoned',
  details: Readonly<Record<string, string | number>>,
): void {
  context.events.report({ name, userId, organizationId, details });
}

const RETRY_MILLISECONDS = 30_000;

async function retry(context: FlowContext, kept: KeptNotice): Promise<boolean> {
  const opened = openSecret(context.keyRing, kept.sealedAddress, bindingOf(kept));
  const body = parseNoticeBody(kept.body);
  if (opened.outcome !== 'opened' || body === null) {
    await abandon(context, kept, { notice: body?.notice.kind ?? 'unknown', because: 'unreadable' });
    return false;
  }
  return trySending(context, kept, { ...body, to: opened.secret.reveal() });
}

/** Retries failed notices, webhooks and enrollment notes that are due. Returns how many notices were sent. */
export async function retryDue(context: FlowContext): Promise<number> {
  await context.enrollmentNotes.retry();
  await retryWebhooks(context);
  if (context.options.email === null) return 0;
  return drainQueue(context, {
    claim: (due) => context.records.notices.claim(due),
    retry: (kept) => retry(context, kept),
  });
}

/** Retries what is due every 30 seconds until it is stopped. The timer does not keep the process alive. */
export function retryPeriodically(context: FlowContext): { stop(): void } {
  let running = false;
  let failing = false;
  const timer = setInterval(function retryWhatIsDue() {
    if (running) return;
    running = true;
    retryDue(context)
      .then(
        () => {
          failing = false;
        },
        (error: unknown) => {
          // Report an unavailable store once, not every 30 seconds.
          if (!failing) context.options.onError(error);
          failing = true;
        },
      )
      .finally(() => {
        running = false;
      });
  }, RETRY_MILLISECONDS);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
