import { z } from 'zod';
import { PlainSecret, openSecret, sealSecret, type SealBinding } from '../../core/proof/secrets';
import type { Notice } from '../../delivery/delivery';
import { DeliveryError } from '../../delivery/delivery-error';
import type { KeptNotice } from '../../records/notice-records';
import { issueUnlockLink } from '../challenge/unlock-link';
import { newId, type FlowContext } from '../context/context';

/** A notice and the name of its recipient. */
export interface NoticeBody {
  readonly userName: string;
  readonly notice: Notice;
}

/** A notice as it is stored: without the unlock link, which is created when the mail is sent. */
export function writeNoticeBody({ userName, notice }: NoticeBody): string {
  const kept = notice.kind === 'proofs-locked' ? { ...notice, unlockUrl: null } : notice;
  return JSON.stringify({ userName, notice: kept });
}

/** The fields of every notice; the fields of its kind are not checked. */
const BODY = z.object({
  userName: z.string(),
  notice: z.looseObject({ kind: z.string(), at: z.number(), origin: z.looseObject({}).nullable() }),
});

function isBody(value: unknown): value is NoticeBody {
  return BODY.safeParse(value).success;
}

/** Null if the text is not a notice. */
export function parseNoticeBody(text: string): NoticeBody | null {
  try {
    const body: unknown = JSON.parse(text);
    return isBody(body) ? body : null;
  } catch {
    return null;
  }
}

/** One notice to one address. */
export interface Letter extends NoticeBody {
  readonly to: string;
  readonly userId: string;
  readonly organizationId: string;
}

/** The wait before each retry; the last one repeats. */
const WAITS_SECONDS = [30, 60, 120, 300, 900, 1800, 3600];
export const LONGEST_PAUSE_SECONDS = 3600;
/** Longer than any send takes. Within it, no other process claims the notice. */
export const CLAIM_SECONDS = 120;
const LONGEST_WAIT_SECONDS = 3 * 86_400;
const MOST_KEPT = 10_000;

/**
 * Sends a notice in the background. It is stored before it is sent and removed afterwards, so that it is not lost when the mail
 * server is down or the process ends.
 */
export function sendNoticeInBackground(context: FlowContext, letter: Letter): void {
  const kept = toKept(context, letter);
  context.delivery.inBackground(async () => {
    await keep(context, kept, CLAIM_SECONDS).catch(context.options.onError);
    await trySending(context, kept, letter);
  }, context.options.onError);
}

function toKept(context: FlowContext, letter: Letter): KeptNotice {
  const id = newId();
  const { userId, organizationId } = letter;
  const sealedAddress = sealSecret(context.keyRing, new PlainSecret(letter.to), bindingOf({ id, userId }));
  const body = writeNoticeBody(letter);
  return { id, userId, organizationId, sealedAddress, body, keptAt: context.clock.now(), attempts: 0 };
}

/** Binds the sealed address to its notice. */
export function bindingOf({ id, userId }: Pick<KeptNotice, 'id' | 'userId'>): SealBinding {
  return { userId, authenticatorId: `notice-${id}`, kind: 'notice' };
}

/** Without an email sender, nothing is stored. */
async function keep(context: FlowContext, kept: KeptNotice, waitSeconds: number): Promise<void> {
  if (context.options.email === null) return;
  const dueAt = context.clock.now() + waitSeconds * 1000;
  const dropped = await context.records.keepNotice(kept, { dueAt, most: MOST_KEPT });
  if (dropped > 0) report(context, kept, 'notice-abandoned', { because: 'too-many', count: dropped });
}

/** Tries once; true if it was sent. */
export async function trySending(
  context: FlowContext,
  kept: KeptNotice,
  letter: NoticeBody & { readonly to: string },
): Promise<boolean> {
  const { to, userName } = letter;
  try {
    const notice = await withUnlockLink(context, kept.userId, letter.notice);
    await context.delivery.sendNotice({ to, userName, notice });
  } catch (error) {
    context.options.onError(error);
    await putOff(context, kept, { notice: letter.notice, error });
    return false;
  }
  await drop(context, kept);
  return true;
}

/** The link is the only secret in a notice, so it is created when the mail is sent and never stored. */
async function withUnlockLink(context: FlowContext, userId: string, notice: Notice): Promise<Notice> {
  if (notice.kind !== 'proofs-locked' || context.clock.now() >= notice.lockedUntil) return notice;
  return {
    ...notice,
    unlockUrl: await issueUnlockLink(context, { userId, lockedUntil: notice.lockedUntil }),
  };
}

async function putOff(
  context: FlowContext,
  kept: KeptNotice,
  failed: { readonly notice: Notice; readonly error: unknown },
): Promise<void> {
  const { notice, error } = failed;
  const attempts = kept.attempts + 1;
  if (attempts === 1) report(context, kept, 'notice-failed', { notice: notice.kind });
  const waitSeconds = WAITS_SECONDS[Math.min(attempts, WAITS_SECONDS.length) - 1] ?? CLAIM_SECONDS;
  const refused = error instanceof DeliveryError && error.because === 'destination-refused';
  const now = context.clock.now();
  // `keptAt` from a clock that was ahead must not extend the wait.
  const keptAt = Math.min(kept.keptAt, now);
  const tooOld = now + waitSeconds * 1000 > keptAt + LONGEST_WAIT_SECONDS * 1000;
  if (refused || tooOld || context.options.email === null) {
    await abandon(context, kept, {
      notice: notice.kind,
      because: refused ? 'destination-refused' : tooOld ? 'too-old' : 'no-email-sender',
    });
    return;
  }
  await keep(context, { ...kept, keptAt, attempts }, waitSeconds);
}

/** Gives up on a notice, and reports that. */
export async function abandon(
  context: FlowContext,
  kept: KeptNotice,
  details: { readonly notice: string; readonly because: string },
): Promise<void> {
  report(context, kept, 'notice-abandoned', { ...details, attempts: kept.attempts });
  await drop(context, kept);
}

/** A notice that cannot be removed is sent again later, which is better than never. */
async function drop(context: FlowContext, kept: KeptNotice): Promise<void> {
  if (context.options.email === null) return;
  await context.records.dropNotice(kept.id).catch(context.options.onError);
}

function report(
  context: FlowContext,
  { userId, organizationId }: KeptNotice,
  name: 'notice-failed' | 'notice-abandoned',
  details: Readonly<Record<string, string | number>>,
): void {
  context.events.report({ name, userId, organizationId, details });
}

const BATCH = 20;
const RETRY_MILLISECONDS = 30_000;

/** Sends notices that are due. Returns how many were sent. */
async function retryNotices(context: FlowContext): Promise<number> {
  let sent = 0;
  for (;;) {
    const now = context.clock.now();
    const claim = {
      now,
      latestAt: now + LONGEST_PAUSE_SECONDS * 1000,
      limit: BATCH,
      untilAt: now + CLAIM_SECONDS * 1000,
    };
    // Each batch is sent before the next is claimed, so that no claim runs out.
    // oxlint-disable-next-line no-await-in-loop
    const due = await context.records.claimNotices(claim);
    // oxlint-disable-next-line no-await-in-loop
    const outcomes = await Promise.all(due.map((kept) => retry(context, kept)));
    const gone = outcomes.filter((isSent) => isSent).length;
    sent += gone;
    if (due.length < BATCH || gone === 0) return sent;
  }
}

async function retry(context: FlowContext, kept: KeptNotice): Promise<boolean> {
  const opened = openSecret(context.keyRing, kept.sealedAddress, bindingOf(kept));
  const body = parseNoticeBody(kept.body);
  if (opened.outcome !== 'opened' || body === null) {
    await abandon(context, kept, { notice: body?.notice.kind ?? 'unknown', because: 'unreadable' });
    return false;
  }
  return trySending(context, kept, { ...body, to: opened.secret.reveal() });
}

/** Retries failed notices and enrollment notes that are due. Returns how many notices were sent. */
export async function retryDue(context: FlowContext): Promise<number> {
  await context.enrollmentNotes.retry();
  return context.options.email === null ? 0 : retryNotices(context);
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
          // A store that is down is reported once, not every 30 seconds.
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
