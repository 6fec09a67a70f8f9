import { maySmsFallBack } from '../../core/policy/policy';
import {
  addCode,
  confirmCode,
  countCode,
  dropCode,
  isChallengeOver,
  type SentCode,
} from '../../core/proof/one-time-code';
import { mayArrive } from '../../delivery/delivery';
import type { Account } from '../../options/ports';
import type { SentMessage } from '../../stores/state-store';
import { loginOfChallenge, type FlowContext } from '../context/context';
import { effectivePolicy } from '../context/gather-facts';
import { changeChallenge, makeCode } from './active-challenge';
import { spendSend } from './spend-send';

/** A report may arrive before the provider has answered our request. At most `points` such reports are stored, for `seconds`. */
const EARLY_REPORTS = { name: 'early-reports', points: 1000, seconds: 60 };

export async function handleUndelivered(context: FlowContext, messageId: string): Promise<void> {
  const hasRoom = (await context.state.throttle(EARLY_REPORTS).spend('all')).outcome === 'spent';
  const message = await context.state.takeSentMessage(messageId, hasRoom ? EARLY_REPORTS.seconds : 0);
  if (message !== undefined) await resendByEmail(context, message);
}

/** The attempt count is kept. Does nothing if the code expired or was replaced. */
export async function resendByEmail(context: FlowContext, message: SentMessage): Promise<void> {
  const { state, directory, delivery, clock } = context;
  const [challenge, known] = await Promise.all([
    state.findChallenge(message),
    directory.find(message.userId),
  ]);
  const text = challenge?.codes.find(({ id }) => id === message.codeId);
  const email = known?.account.email;
  if (challenge === undefined || text === undefined || known === undefined || email === undefined) return;
  const isCurrent = text.authenticatorId === challenge.authenticatorId;
  if (!isCurrent || text.sentBy !== 'sms' || isChallengeOver(text, clock.now())) return;
  const { account } = known;
  if (!(await maySend(context, message, { account, email }))) return;
  const { userId, ownerId, purpose } = message;
  const owner = { userId, ownerId, purpose };
  const { authenticatorId, kind, sendId } = text;
  const mail = makeCode(context, {
    owner,
    authenticatorId,
    kind,
    sentBy: 'email',
    destination: email,
    onFile: account,
    sendId,
    pendingUntil: challenge.expiresAt,
  });
  const change = (rule: (codes: readonly SentCode[]) => readonly SentCode[]) =>
    changeChallenge(context, { owner, underPendingLogin: false }, (current) =>
      current === undefined ? null : { ...current, codes: rule(current.codes) },
    );
  // Stored before it is sent, so that it works when the mail arrives.
  const stored = await change((codes) =>
    countCode(addCode(dropCode(codes, text.id), mail.kept), mail.kept.id),
  );
  if (stored.outcome !== 'changed') return;
  const sent = await delivery.sendCode({
    by: 'email',
    destinations: { email },
    code: mail.digits,
    purpose,
    userId,
    userName: account.name,
    organizationId: account.organizationId,
    language: account.locale,
    fallbackFrom: 'sms',
  });
  if (sent.outcome === 'sent') await change((codes) => confirmCode(codes, mail.kept.id));
  // An email whose sender timed out may still arrive.
  else if (!mayArrive(sent)) await change((codes) => dropCode(codes, mail.kept.id));
  context.events.report({
    name: sent.outcome === 'sent' ? 'delivery-fell-back' : 'delivery-failed',
    userId,
    organizationId: account.organizationId,
    ...loginOfChallenge(owner),
    details: { kind: 'email', purpose, because: 'undelivered' },
  });
}

async function maySend(
  context: FlowContext,
  { userId, ownerId, purpose }: SentMessage,
  { account, email }: { readonly account: Account; readonly email: string },
): Promise<boolean> {
  const { organizationId } = account;
  const policy = effectivePolicy(context, await context.records.findPolicy(organizationId));
  if (!maySmsFallBack(policy, purpose)) return false;
  const login = loginOfChallenge({ ownerId, purpose });
  const send = { kind: 'email', destination: email, userId, organizationId, purpose, ...login } as const;
  return (await spendSend(context, send)).outcome === 'spent';
}
