import type { Evidence } from '../../core/decision/assurance';
import { isMfaOn } from '../../core/decision/decision';
import { issueSignInChallenge, readSignInChallenge } from '../../core/proof/sign-in-challenge';
import type { Shown } from '../../factors/factor';
import type { BoundWayIn } from '../../factors/find-factor';
import type { KnownUser } from '../../options/directory';
import { reportCopied } from '../challenge/report-answer';
import { loginOf, newId, type FlowContext, type Origin } from '../context/context';
import { gatherLoginFacts } from '../context/gather-facts';
import type { JudgePassword, PasswordVerdict } from './judge-password';

/** What the sign-in page offers besides the password. Stores nothing. */
export function offerWayIn(
  { keyRing, clock }: FlowContext,
  wayIn: BoundWayIn,
  visitor: string,
): Promise<Shown> {
  return wayIn.show(issueSignInChallenge(keyRing, { visitor, now: clock.now() }));
}

export type WayInResult =
  | { readonly outcome: 'throttled'; readonly retryAfterSeconds: number }
  | {
      readonly outcome: 'proven';
      readonly known: KnownUser;
      readonly evidence: readonly Evidence[];
      /** The id for the login that starts now. */
      readonly ownerId: string;
    }
  /** `not-verified`: right, but only one factor, so the password is required too. */
  | {
      readonly outcome: 'rejected';
      readonly because: 'malformed-code' | 'code-expired' | 'code-used' | 'wrong-code' | 'not-verified';
    };

type Refusal = (WayInResult & { readonly outcome: 'rejected' })['because'];

interface WayInAttempt {
  readonly wayIn: BoundWayIn;
  readonly submitted: unknown;
  /** All ids of this visitor. */
  readonly visitors: readonly string[];
  readonly origin: Origin;
  /** Whether the host allows the person to sign in. Without a password, the host's callback does not run. */
  readonly maySignIn: (known: KnownUser) => Promise<boolean>;
}

/** Verifies a proof that was submitted instead of a name and a password, under the limits on wrong passwords from one address. */
export async function signInByWayIn(
  context: FlowContext,
  attempt: WayInAttempt & { readonly count: (judge: JudgePassword) => Promise<PasswordVerdict> },
): Promise<WayInResult> {
  let result = refuse('wrong-code');
  const verdict = await attempt.count(async () => {
    result = await judgeWayIn(context, attempt);
    if (result.outcome !== 'proven') return { outcome: 'wrong', info: undefined };
    return { outcome: 'right', user: result.known.user, info: undefined };
  });
  if (verdict.outcome === 'throttled') {
    context.events.report({
      name: 'password-throttled',
      organizationId: '',
      address: attempt.origin.address,
    });
    return verdict;
  }
  if (verdict.outcome === 'right') await verdict.settled;
  return result;
}

/** Unknown credentials, and people who may not sign in, get the same answer as a wrong signature. */
async function judgeWayIn(context: FlowContext, attempt: WayInAttempt): Promise<WayInResult> {
  const { wayIn, visitors, origin, maySignIn } = attempt;
  const { keyRing, clock, directory } = context;
  const submission = wayIn.parse(attempt.submitted);
  if (submission === null) return refuse('malformed-code');
  const challenge = wayIn.challengeOf(submission) ?? '';
  const mark = readSignInChallenge(keyRing, { challenge, visitors, now: clock.now() });
  if (mark === null) return refuse('code-expired');
  // Used up before verification, so that parallel answers to one challenge gain nothing.
  if ((await wayIn.used.spend(mark)).outcome === 'blocked') return refuse('code-used');

  const verdict = await wayIn.verify({ submitted: submission, challenge });
  const known = verdict.outcome === 'verified' ? await directory.find(verdict.userId) : undefined;
  const report = (check: string) =>
    context.events.report({
      name: 'proof-rejected',
      ...(known === undefined
        ? { organizationId: '' }
        : { userId: known.account.id, organizationId: known.account.organizationId }),
      address: origin.address,
      details: { because: check, purpose: 'login', kind: wayIn.kind },
    });
  if (verdict.outcome === 'rejected') {
    report(verdict.check);
    if (verdict.check === 'counter' && verdict.owner !== null)
      await notifyOfCopy(context, { ...attempt, owner: verdict.owner });
    return refuse('wrong-code');
  }
  if (known === undefined || !(await isAllowedToSignIn(context, { wayIn, known, maySignIn }))) {
    report('may-not-sign-in');
    return refuse('wrong-code');
  }
  if (!(await wayIn.accept(verdict, clock.now()))) {
    report('code-used');
    return refuse('code-used');
  }
  if (!verdict.isBothFactors) {
    report('not-verified');
    return refuse('not-verified');
  }
  const { authenticatorId, amr } = verdict;
  const { id: userId, organizationId } = known.account;
  const ownerId = newId();
  context.events.report({
    name: 'proof-accepted',
    userId,
    organizationId,
    address: origin.address,
    ...loginOf(ownerId),
    details: { kind: wayIn.kind, purpose: 'login' },
  });
  const proof: Evidence = { method: wayIn.kind, authenticatorId, at: clock.now(), amr, seen: true };
  return { outcome: 'proven', known, evidence: [proof], ownerId };
}

function refuse(because: Refusal): WayInResult {
  return { outcome: 'rejected', because };
}

/** Nobody signs in with a method that their organization forbids. An identity provider must be able to refuse its people. */
async function isAllowedToSignIn(
  context: FlowContext,
  entering: {
    readonly wayIn: BoundWayIn;
    readonly known: KnownUser;
    readonly maySignIn: (known: KnownUser) => Promise<boolean>;
  },
): Promise<boolean> {
  const { wayIn, known, maySignIn } = entering;
  const { account } = known;
  if (!account.active || account.federated) return false;
  const [{ facts }, isAllowed] = await Promise.all([
    gatherLoginFacts(context, account, []),
    maySignIn(known),
  ]);
  return isAllowed && isMfaOn(facts) && facts.policy.methods.includes(wayIn.kind);
}

async function notifyOfCopy(
  context: FlowContext,
  copied: {
    readonly wayIn: BoundWayIn;
    readonly origin: Origin;
    readonly owner: { readonly userId: string; readonly authenticatorId: string };
  },
): Promise<void> {
  const { wayIn, origin, owner } = copied;
  const known = await context.directory.find(owner.userId);
  if (known === undefined) return;
  const { account } = known;
  const gathered = await gatherLoginFacts(context, account, []);
  const { authenticatorId } = owner;
  const challengeHint = { purpose: 'login', kind: wayIn.kind, authenticatorId } as const;
  await reportCopied(context, { account, gathered, challengeHint, origin });
}
