import { onFileId, type Channel } from '../../core/member/factor-kind';
import { maySmsFallBack } from '../../core/policy/policy';
import {
  addCode,
  activeCode,
  confirmCode,
  countCode,
  dropCode,
  fallbackOfCode,
  type SentCode,
} from '../../core/proof/one-time-code';
import { mayArrive, type SendOutcome } from '../../delivery/delivery';
import { FACTOR_TRAITS } from '../../factors/find-factor';
import type { Challenge } from '../../stores/state-store';
import { loginOfChallenge, type FlowContext } from '../context/context';
import {
  changeChallenge,
  makeCode,
  toSent,
  type ChallengeOutcome,
  type ChallengeRequest,
  type NewCode,
} from './active-challenge';
import { resendByEmail } from './resend-by-email';
import { spendSendOrFallback } from './spend-send';

type NotSent = Omit<ChallengeOutcome & { readonly outcome: 'not-sent' }, 'outcome'>;

/** One send for one challenge. Codes are stored before they are sent, and updated when the result is known. */
interface Sending {
  readonly context: FlowContext;
  readonly request: ChallengeRequest;
  known: Challenge;
  code: NewCode & { readonly destination: string };
}

/** If a text may still arrive, it and the email that replaces it both work. An earlier code works until the new one is sent. */
export async function sendChallengeCode(
  context: FlowContext,
  request: ChallengeRequest,
  stored: { readonly challenge: Challenge; readonly code: NewCode & { readonly destination: string } },
): Promise<ChallengeOutcome> {
  const sending: Sending = { context, request, known: stored.challenge, code: stored.code };
  const { userId, purpose } = request.owner;
  const { sentBy: kind } = sending.code.kept;
  const { organizationId } = request.gathered.account;
  const { destination } = sending.code;
  const login = loginOfChallenge(request.owner);
  const send = { kind, destination, userId, organizationId, purpose, ...login };
  const mailbox = fallbackOf(request);
  const spent = await spendSendOrFallback(context, send, mailbox);
  if (spent.outcome === 'refused') {
    const { because, retryAfterSeconds } = spent;
    return giveUpCode(sending, {
      because,
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    });
  }
  const isMail = spent.by !== kind && mailbox !== undefined;
  const isStored = isMail ? await switchToEmail(sending, mailbox, 'never-sent') : await markCounted(sending);
  if (!isStored) return { outcome: 'gone' };
  return settle(sending, await deliver(sending, mailbox));
}

/** The email address that a text may fall back to: the address on file, unless the first factor came through it. */
function fallbackOf({ gathered, owner }: ChallengeRequest): string | undefined {
  const { account, facts, policy } = gathered;
  const isSpent = facts.spentChannels.includes(onFileId('email'));
  return isSpent || !maySmsFallBack(policy.policy, owner.purpose) ? undefined : account.email;
}

function deliver(sending: Sending, mailbox: string | undefined): Promise<SendOutcome> {
  const { context, request, code } = sending;
  const { sentBy } = code.kept;
  const { owner, origin } = request;
  const { purpose, userId } = owner;
  const { destination, digits } = code;
  const isText = sentBy === 'sms';
  return context.delivery.sendCode({
    by: sentBy,
    fallbackFrom: fallbackOfCode(code.kept, FACTOR_TRAITS),
    code: digits,
    purpose,
    userId,
    userName: request.gathered.account.name,
    organizationId: request.gathered.account.organizationId,
    language: request.gathered.account.locale,
    ...(origin === null ? {} : { origin }),
    destinations: isText
      ? { sms: destination, ...(mailbox === undefined ? {} : { email: mailbox }) }
      : { email: destination },
    async codeForMail(failed) {
      if (mailbox === undefined) return null;
      const text = mayArrive(failed) ? 'may-arrive' : 'never-sent';
      const isStored = await switchToEmail(sending, mailbox, text);
      return isStored ? sending.code.digits : null;
    },
    onLate({ sentBy: channel }) {
      const late = channel === sentBy ? code.kept.id : sending.code.kept.id;
      context.delivery.inBackground(async () => {
        await change(sending, (codes) => confirmCode(codes, late));
        report(sending, 'code-sent', channel);
      }, context.options.onError);
    },
  });
}

async function markCounted(sending: Sending): Promise<boolean> {
  const stored = await change(sending, (codes) => countCode(codes, sending.code.kept.id));
  return stored !== undefined;
}

/** Replaces the text with an email, or adds the email if the text may still arrive. */
async function switchToEmail(
  sending: Sending,
  mailbox: string,
  text: 'never-sent' | 'may-arrive',
): Promise<boolean> {
  const { context, request, code } = sending;
  const { id, sendId, authenticatorId, kind } = code.kept;
  const { owner, pendingUntil, gathered } = request;
  const mail = makeCode(context, {
    owner,
    authenticatorId,
    kind,
    sentBy: 'email',
    destination: mailbox,
    onFile: gathered.account,
    sendId,
    pendingUntil,
  });
  sending.code = { ...mail, destination: mailbox };
  const stored = await change(sending, (codes) =>
    countCode(addCode(text === 'may-arrive' ? codes : dropCode(codes, id), mail.kept), mail.kept.id),
  );
  return stored !== undefined;
}

async function settle(sending: Sending, outcome: SendOutcome): Promise<ChallengeOutcome> {
  const { kept } = sending.code;
  if (outcome.outcome === 'sent') {
    const [stored] = await Promise.all([
      change(sending, (codes) => confirmCode(codes, kept.id)),
      rememberMessage(sending, outcome.messageId),
    ]);
    const fellBack = fallbackOfCode(kept, FACTOR_TRAITS) !== null;
    report(sending, fellBack ? 'delivery-fell-back' : 'code-sent', kept.sentBy);
    return {
      outcome: 'issued',
      challenge: stored ?? sending.known,
      sent: toSent({ ...kept, stage: 'sent' }),
    };
  }
  report(
    sending,
    'delivery-failed',
    kept.sentBy,
    outcome.because === 'timed-out' ? { because: 'timed-out' } : {},
  );
  if (mayArrive(outcome)) return { outcome: 'issued', challenge: sending.known, sent: toSent(kept) };
  return giveUpCode(sending, { because: 'delivery-failed' });
}

/** This code is not sent. An earlier one stays valid, and so does a text that may still arrive. */
async function giveUpCode(sending: Sending, refused: NotSent): Promise<ChallengeOutcome> {
  const { context, request, code } = sending;
  const { id, sendId, authenticatorId } = code.kept;
  const why = refused.because === 'send-limit' ? 'limit' : 'fault';
  const stored = await change(sending, (codes) => dropCode(codes, id), why);
  if (stored === undefined) return { outcome: 'gone' };
  const left = activeCode({ authenticatorId, codes: stored.codes }, context.clock.now());
  if (left === undefined || (request.resend === true && left.sendId !== sendId))
    return { outcome: 'not-sent', ...refused };
  const earlier = left.sendId !== sendId;
  return { outcome: 'issued', challenge: stored, sent: toSent(left, { earlier }) };
}

/** Undefined if the challenge was answered, or ended with its login. */
async function change(
  sending: Sending,
  rule: (codes: readonly SentCode[]) => readonly SentCode[],
  notSent: Challenge['notSent'] = null,
): Promise<Challenge | undefined> {
  const { context, request, known } = sending;
  const at = { owner: request.owner, underPendingLogin: request.pendingUntil !== null, known };
  const changed = await changeChallenge(context, at, (current) =>
    current === undefined ? null : { ...current, codes: rule(current.codes), notSent },
  );
  if (changed.outcome !== 'changed') return undefined;
  sending.known = changed.challenge;
  return changed.challenge;
}

/** The provider may report later, or may already have reported, that the text did not arrive. */
async function rememberMessage({ context, request, code }: Sending, messageId: string | null): Promise<void> {
  if (messageId === null || fallbackOf(request) === undefined) return;
  const message = { ...request.owner, codeId: code.kept.id };
  const isReported = await context.state.rememberSentMessage(messageId, message, context.options.codeSeconds);
  if (isReported)
    context.delivery.inBackground(() => resendByEmail(context, message), context.options.onError);
}

function report(
  { context, request }: Sending,
  name: 'code-sent' | 'delivery-fell-back' | 'delivery-failed',
  kind: Channel,
  more: Readonly<Record<string, string>> = {},
): void {
  const { userId, purpose } = request.owner;
  const { organizationId } = request.gathered.account;
  const login = loginOfChallenge(request.owner);
  context.events.report({ name, userId, organizationId, ...login, details: { kind, ...more, purpose } });
}
