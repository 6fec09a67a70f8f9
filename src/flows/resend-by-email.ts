import { maskDestination } from '../core/mask';
import { maySmsFallBack } from '../core/sms-fallback';
import { hashOneTimeCode, issueOneTimeCode } from '../core/one-time-code';
import type { FlowContext } from './context';
import { effectivePolicy } from './gather-facts';
import { spendSend } from './spend-send';

/**
 * The SMS provider reports that a message did not arrive: the same challenge gets a new code by email. Only the digits
 * of the new message work from then on; attempts already spent stay spent.
 */
export async function resendByEmail(context: FlowContext, messageId: string): Promise<void> {
  const { state, directory, delivery, keyRing, clock, options } = context;
  const message = await state.takeSentMessage(messageId);
  if (message === undefined) return;
  const [challenge, known] = await Promise.all([
    state.findChallenge(message),
    directory.find(message.userId),
  ]);
  const email = known?.account.email;
  if (known === undefined || email === undefined || challenge?.id !== message.challengeId) return;
  const now = clock.now();
  if (challenge.sentBy !== 'sms' || now >= challenge.expiresAt) return;
  const { account } = known;
  const { userId, ownerId, purpose } = message;
  const { organizationId } = account;
  const policy = effectivePolicy(context, await context.records.findPolicy(organizationId));
  if (!maySmsFallBack(policy, purpose)) return;
  const send = { kind: 'email', destination: email, userId, organizationId, purpose } as const;
  if ((await spendSend(context, send)).outcome === 'refused') return;
  const code = issueOneTimeCode();
  const binding = {
    userId,
    ownerId,
    purpose,
    challengeId: challenge.id,
    kind: challenge.kind,
    address: email,
  };
  // Stored before it is sent: the code in the mail is the one that works.
  const recorded = await state.recordDelivery(challenge, {
    codeHash: hashOneTimeCode({ code, binding }, keyRing),
    sentBy: 'email',
    fallbackFrom: 'sms',
    sentAt: now,
    maskedDestination: maskDestination('email', email),
    expiresAt: challenge.expiresAt,
  });
  if (!recorded) return;
  const sent = await delivery.sendCode({
    by: 'email',
    destinations: { email },
    code,
    purpose,
    userName: account.name,
  });
  context.events.report({
    name: sent.outcome === 'sent' ? 'delivery-fell-back' : 'delivery-failed',
    userId,
    organizationId,
    details: { kind: 'email', purpose, because: 'undelivered', codeSeconds: options.codeSeconds },
  });
}
