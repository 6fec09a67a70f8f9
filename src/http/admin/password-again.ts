import { addEvidence } from '../../core/decision/assurance';
import { decide, type Decision } from '../../core/decision/decide';
import { REPROOF_SECONDS } from '../../flows/enrollment/authorize-enrollment';
import { originOf, textField } from '../kernel/request';
import type { Refusal } from '../kernel/respond';
import { finishProof } from '../pages/finish-login';
import { sourceOfSession } from '../sign-in/attempt-login';
import type { AdminPage } from './admin-route';

/**
 * What asks for the password again, beside the second factor that a change needs anyway; null while it was given in the
 * last ten minutes, and for people who have none. With the policy out of the way, the decision rests on the password alone.
 */
export function stalePassword({ gathered }: AdminPage): Decision | null {
  const { facts, now } = gathered;
  if (!facts.hasPassword) return null;
  const passwordOnly = { ...facts, featureAvailable: false };
  const decision = decide(passwordOnly, { kind: 'step-up', maxAgeSeconds: REPROOF_SECONDS }, now);
  return decision.outcome === 'allow' ? null : decision;
}

/** Checks the password that was sent; a right one becomes evidence of the session, under a new session id. */
export async function provePasswordAgain(page: AdminPage): Promise<Refusal | null> {
  const { context, req, identity, gathered } = page;
  const { account } = identity;
  const verdict = await context.passwords.check(req, {
    username: account.username,
    password: textField(req.body, 'password'),
    trusted: sourceOfSession(identity.subject.ownerId),
  });
  if (verdict.outcome === 'throttled') {
    return { because: 'too-many-passwords', status: 429, retryAfterSeconds: verdict.retryAfterSeconds };
  }
  if (verdict.outcome !== 'right' || context.directory.accountOf(verdict.user).id !== account.id) {
    context.events.report({
      name: 'password-rejected',
      userId: account.id,
      organizationId: account.organizationId,
      address: originOf(req).address,
      details: { purpose: 'switch-off' },
    });
    return { because: 'wrong-password', status: 401 };
  }
  const evidence = gathered.facts.session?.evidence ?? [];
  const proof = { method: 'password', at: context.clock.now() } as const;
  await finishProof(page, { evidence: addEvidence(evidence, proof), gathered });
  return null;
}
