import type { Evidence } from '../../core/decision/assurance';
import { sessionExpiresAt, type Epochs } from '../../core/decision/session-lifetime';
import { reportRecoveryCodeUse } from '../../flows/authenticators/recovery-codes';
import { rememberBrowser } from '../../flows/browsers/remember-browser';
import { usedRecoveryCode, type Answer } from '../../flows/challenge/answer-challenge';
import type { Gathered } from '../../flows/context/gather-facts';
import { refuse, type KnownPageRequest } from '../kernel/page-route';
import { fieldOf, originOf } from '../kernel/request';
import { sendNext } from '../kernel/respond';
import { continueGrant, keepPendingLogin, upgradeSession } from '../session/establish-session';
import { grantSession } from '../session/grant-at-login';
import { changeBrowserCookie } from '../session/remembered-browser-cookie';
import { readSessionData, updateSessionData } from '../session/session-data';
import type { MfaSessionData } from '../session/session-data-text';
import { describeDecision } from '../sign-in/attempt-login';
import { tellSuccess } from '../sign-in/host-login';
import { resumePathOf } from '../sign-in/kept-return-to';
import { unseenCodesPath } from './recovery-codes';

/**
 * The decision allows: a pending login becomes a session, a session goes on with more evidence; both under a new id. A pending
 * login that the host's own sign-in ends keeps the proof for it. `change` is what the slot holds besides.
 */
export async function finishProof(
  page: KnownPageRequest,
  proven: {
    readonly evidence: readonly Evidence[];
    readonly gathered: Gathered;
    /** New ones, where the user's older sessions were ended. */
    readonly epochs?: Epochs;
    readonly change?: Partial<MfaSessionData>;
  },
): Promise<void> {
  const { context, req, identity } = page;
  const { subject, user, account } = identity;
  const { evidence, gathered, change = {} } = proven;
  // The absolute end of a session counts from authentication: of a login, that is now.
  const startedAt = subject.phase === 'pending' ? gathered.now : subject.startedAt;
  const expiresAt = sessionExpiresAt({ startedAt }, gathered.policy.policy);
  const { epochs = subject.epochs } = proven;
  const grant = { ...continueGrant(subject, { evidence, expiresAt }), startedAt, epochs };
  if (subject.phase === 'session') return upgradeSession(context, req, { grant, change });
  const { wizard, login, host } = readSessionData(req);
  if (login !== undefined && host?.resumePath !== undefined) {
    const kept = context.state.savePendingEvidence(subject.userId, subject.ownerId, evidence);
    const renewed = keepPendingLogin(context, req, { ...change, login: { ...login, epochs } });
    await Promise.all([kept, renewed]);
    return;
  }
  // Beside the session, in the same round trip.
  if (login?.name !== undefined) context.passwords.noteSignIn(req, login.name);
  await grantSession(req, {
    user,
    grant,
    keep: {
      ...(wizard === undefined ? {} : { wizard }),
      ...(host?.next === undefined ? {} : { host: { next: host.next } }),
      ...change,
    },
  });
  if (host !== undefined) tellSuccess(req, host);
  context.events.report({
    name: 'signed-in',
    userId: account.id,
    organizationId: subject.organizationId,
    address: originOf(req).address,
    details: { because: 'satisfied' },
  });
}

type Verified = Answer & { readonly outcome: 'verified' };

/** A factor was proven: the login or session goes on to where the decision leads. */
export async function goOnAfterProof(page: KnownPageRequest, answer: Verified): Promise<void> {
  const { context, req, res, identity, returnTo } = page;
  const { decision, evidence, gathered, asked } = answer;
  if (usedRecoveryCode(asked)) await reportRecoveryCodeUse(context, { gathered, origin: originOf(req) });
  if (decision.outcome === 'allow') {
    // An enrollment that failed in its last steps may have left codes that nobody has seen.
    const { unseenCodes } = readSessionData(req);
    const change = unseenCodes === undefined ? {} : { unseenCodes };
    await Promise.all([rememberIfWanted(page, answer), finishProof(page, { evidence, gathered, change })]);
    const onwards = returnTo ?? readSessionData(req).host?.next ?? context.options.defaultReturnTo;
    const next = (await unseenCodesPath(page, gathered, onwards)) ?? onwards;
    const outcome = resumePathOf(req) === null ? 'signed-in' : 'resume';
    return sendNext(req, res, { outcome, because: decision.because, next });
  }
  if (decision.outcome === 'enroll') {
    // What can be put off is offered in the session, where the strongest factor is asked for before another one is bound.
    if (identity.subject.phase === 'pending' && !decision.skippable) {
      await context.state.savePendingEvidence(identity.subject.userId, identity.subject.ownerId, evidence);
      updateSessionData(req, { asked: undefined });
    } else {
      await Promise.all([rememberIfWanted(page, answer), finishProof(page, { evidence, gathered })]);
      const resumePath = resumePathOf(req);
      if (resumePath !== null)
        return sendNext(req, res, { outcome: 'resume', because: decision.because, next: resumePath });
    }
    return sendNext(req, res, describeDecision(context, { decision, gathered, ask: null, returnTo }));
  }
  return refuse(page, decision);
}

/** The box on the challenge page. Its record goes out together with the session. */
async function rememberIfWanted(page: KnownPageRequest, { gathered, proof }: Verified): Promise<void> {
  const { context, req, res, identity } = page;
  const wanted = fieldOf(req.body, 'rememberBrowser');
  if (wanted !== 'yes' && wanted !== true) return;
  const { account, subject } = identity;
  const { name = '' } = readSessionData(req).login ?? {};
  const proven = { account, subject, gathered, proof, origin: originOf(req), name };
  changeBrowserCookie(context, res, await rememberBrowser(context, proven));
}
