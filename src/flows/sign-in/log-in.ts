import type { Evidence } from '../../core/decision/assurance';
import type { Decision } from '../../core/decision/decide';
import { isPasswordChangedSince, sessionExpiresAt, type Epochs } from '../../core/decision/session-lifetime';
import { BACKUP_KIND } from '../../factors/find-factor';
import type { Account } from '../../options/ports';
import type { PendingLogin } from '../../stores/state-store';
import { judgeBrowser, presentBrowser, type BrowserToken, type CookieChange } from '../browsers/use-browser';
import { continueEarlier, type StartedLogin, type FirstStep } from '../challenge/first-step';
import { finishChallenge, prepareChallenge } from '../challenge/issue-challenge';
import { isLockedOut } from '../challenge/unlock-link';
import {
  loginOf,
  newHandle,
  type ChallengeHint,
  type FlowContext,
  type Origin,
  type SessionGrant,
} from '../context/context';
import { gatherLoginFacts, type Gathered } from '../context/gather-facts';
import { decideByPolicy, reportRefusedRequest } from '../context/judge-access';
import { noteSignIn } from '../notices/notify';

export type LoginOutcome =
  | {
      readonly outcome: 'signed-in';
      readonly grant: SessionGrant;
      readonly decision: Decision;
      readonly gathered: Gathered;
    }
  | {
      readonly outcome: 'pending';
      readonly pending: PendingLogin;
      readonly decision: Decision & { readonly outcome: 'challenge' | 'enroll' };
      readonly gathered: Gathered;
      readonly challengeHint: ChallengeHint | null;
      /** Resolves when the pending login and its first challenge are stored. */
      readonly begun: Promise<StartedLogin>;
      /** The next step of the login is the proof that ends the lock. */
      readonly unlocking: boolean;
    }
  | { readonly outcome: 'denied'; readonly decision: Decision & { readonly outcome: 'deny' | 'sign-in' } };

/** The decision takes one round trip. Writes run in parallel with storing the session's new id. */
export async function logIn(
  context: FlowContext,
  login: {
    readonly account: Account;
    readonly evidence: readonly Evidence[];
    /** When the first factor was submitted, before it was checked. */
    readonly begunAt: number;
    readonly origin: Origin;
    readonly presented: BrowserToken | null;
    /** The person followed an unlock link, so they need a pending login in which to prove a factor. */
    readonly unlocking: boolean;
    readonly step: FirstStep;
    /** The id of the pending login, if one is created. */
    readonly ownerId: string;
  },
): Promise<LoginOutcome & { readonly cookie: CookieChange }> {
  const { account, presented } = login;
  const [found, used] = await Promise.all([
    gatherLoginFacts(context, account, login.evidence),
    presentBrowser(context, account.id, presented),
  ]);
  const judged = await judgeBrowser(context, { ...login, used, gathered: found });
  return { ...(await conclude(context, { ...login, ...judged })), cookie: judged.cookie };
}

async function conclude(
  context: FlowContext,
  login: {
    readonly account: Account;
    readonly evidence: readonly Evidence[];
    readonly begunAt: number;
    readonly gathered: Gathered;
    readonly origin: Origin;
    readonly unlocking: boolean;
    readonly step: FirstStep;
    readonly ownerId: string;
  },
): Promise<LoginOutcome> {
  const { account, evidence, begunAt, gathered, origin, step, ownerId } = login;
  const unlocking = login.unlocking && isLockedOut(context, gathered);
  const decision = decideLogin(gathered, { evidence, begunAt, unlocking });
  const { userId, organizationId } = { userId: account.id, organizationId: account.organizationId };
  if (decision.outcome === 'deny' || decision.outcome === 'sign-in') {
    context.events.report({
      name: 'login-denied',
      userId,
      organizationId,
      address: origin.address,
      details: { because: decision.because },
    });
    return { outcome: 'denied', decision };
  }
  const epochs = await establishEpochs(context, gathered);
  const firstLogin = gathered.member.epoch === null ? { firstLogin: true } : {};
  if (decision.outcome === 'allow' || (decision.outcome === 'enroll' && decision.skippable)) {
    const grant: SessionGrant = {
      userId,
      organizationId,
      evidence,
      epochs,
      startedAt: gathered.now,
      skipped: false,
      expiresAt: sessionExpiresAt({ startedAt: gathered.now }, gathered.policy.policy),
      replaces: null,
    };
    context.events.report({
      name: 'signed-in',
      userId,
      organizationId,
      address: origin.address,
      ...loginOf(ownerId),
      details: { because: decision.because, ...firstLogin },
    });
    noteSignIn(context, { gathered, origin });
    return { outcome: 'signed-in', grant, decision, gathered };
  }
  const pending: PendingLogin = {
    id: ownerId,
    userId,
    organizationId,
    evidence,
    epochs,
    startedAt: gathered.now,
    expiresAt: gathered.now + context.options.pendingLoginSeconds * 1000,
  };
  // A factor that was used to sign in has its own event.
  if (evidence.some(({ method }) => method === 'password'))
    context.events.report({
      name: 'password-accepted',
      userId,
      organizationId,
      address: origin.address,
      ...loginOf(ownerId),
      details: { next: decision.outcome, ...firstLogin },
    });
  const challengeHint = unlocking ? null : firstChallengeHint(decision);
  const begun = begin(context, { pending, challengeHint, gathered, origin, step });
  // The caller that awaits it handles the failure; an unhandled rejection would end the process.
  begun.catch(() => undefined);
  return {
    outcome: 'pending',
    pending,
    decision,
    gathered,
    challengeHint,
    begun,
    unlocking,
  };
}

function decideLogin(
  gathered: Gathered,
  login: { readonly evidence: readonly Evidence[]; readonly begunAt: number; readonly unlocking: boolean },
): Decision {
  if (wasProofReplaced(gathered, login)) return { outcome: 'sign-in', because: 'session-ended' };
  return login.unlocking ? decideUnlocking(gathered) : decideByPolicy(gathered);
}

/** A password or passkey replaced during the check ended all sessions, but this one starts later and would survive. */
function wasProofReplaced(
  { member, now }: Gathered,
  { evidence, begunAt }: { readonly evidence: readonly Evidence[]; readonly begunAt: number },
): boolean {
  return evidence.some(({ method, authenticatorId }) =>
    method === 'password'
      ? isPasswordChangedSince(member, begunAt, now)
      : authenticatorId !== undefined && !member.authenticators.some(({ id }) => id === authenticatorId),
  );
}

/** Even if no factor is available: the pending login grants nothing. */
function decideUnlocking(gathered: Gathered): Decision {
  const decision = decideByPolicy(gathered);
  if (decision.outcome !== 'deny' || decision.because !== 'locked') return decision;
  return { outcome: 'challenge', because: 'assurance-too-low', anyOf: [] };
}

function firstChallengeHint(decision: Decision): ChallengeHint | null {
  const option = decision.outcome === 'challenge' ? decision.anyOf[0] : undefined;
  return option === undefined || option.kind === BACKUP_KIND ? null : { purpose: 'login', ...option };
}

/** Stores the pending login with its first challenge, and sends the code if there is one. */
async function begin(
  context: FlowContext,
  begun: {
    readonly pending: PendingLogin;
    readonly challengeHint: ChallengeHint | null;
    readonly gathered: Gathered;
    readonly origin: Origin;
    readonly step: FirstStep;
  },
): Promise<StartedLogin> {
  const { pending, challengeHint, gathered, origin, step } = begun;
  const { state } = context;
  if (challengeHint === null) return state.createPendingLogin(pending).then(() => ({ pending, ask: null }));
  const { authenticatorId, kind } = challengeHint;
  const owner = { userId: pending.userId, ownerId: pending.id, purpose: 'login' } as const;
  const option = { authenticatorId, kind };
  const request = { owner, option, gathered, pendingUntil: pending.expiresAt, origin };
  const prepared = prepareChallenge(context, request);
  const created = state.createPendingLogin(pending, prepared.challenge);
  if (prepared.code === null)
    return created.then(async () => ({ pending, ask: await finishChallenge(context, request, prepared) }));
  await Promise.all([created, state.noteFirstStep(step.mark, pending.id, step.seconds)]);
  const ask = await finishChallenge(context, request, prepared);
  const earlier =
    ask.outcome === 'not-sent' ? await continueEarlier(context, { pending, challengeHint, step }) : null;
  return earlier ?? { pending, ask };
}

/** A program has no session in which a factor could be asked for later. */
export async function admitByPassword(
  context: FlowContext,
  { account, origin }: { readonly account: Account; readonly origin: Origin },
): Promise<boolean> {
  const evidence = [{ method: 'password', at: context.clock.now() } as const];
  const { outcome } = decideByPolicy(await gatherLoginFacts(context, account, evidence));
  if (outcome === 'allow') return true;
  reportRefusedRequest(context, { account, origin, details: { because: 'mfa-required', outcome } });
  return false;
}

/** The epochs of the user and the organization, created at the first login. */
export async function establishEpochs(context: FlowContext, gathered: Gathered): Promise<Epochs> {
  const { account, member, policy } = gathered;
  const [user, organization] = await Promise.all([
    member.epoch ?? context.records.establishUserEpoch(account.id, newHandle()),
    policy.epoch ?? context.records.establishOrganizationEpoch(account.organizationId, newHandle()),
  ]);
  return { user, organization };
}
