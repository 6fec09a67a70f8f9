import type { Evidence } from '../../core/decision/assurance';
import type { Epochs } from '../../core/decision/session-lifetime';
import {
  completeProof,
  proceed,
  type Completion,
  type Proving,
  type Verified,
} from '../../flows/challenge/after-proof';
import type { Gathered } from '../../flows/context/gather-facts';
import { refuse, type KnownPageRequest } from '../kernel/page-route';
import { fieldOf, originOf } from '../kernel/request';
import { describeDecision, sendNext } from '../kernel/respond';
import { renewPendingLogin, upgradeSession } from '../session/establish-session';
import { grantSession } from '../session/grant-at-login';
import { changeBrowserCookie } from '../session/remembered-browser-cookie';
import { readSessionData, updateSessionData } from '../session/session-data';
import type { MfaSessionData } from '../session/session-data-text';
import { setSuccessMessages } from '../sign-in/host-login';
import { resumePathOf } from '../sign-in/return-to';
import { recoveredPath, unseenCodesPath } from './recovery-codes';

export function provingOf({ req, identity }: KnownPageRequest): Proving {
  const { account, subject } = identity;
  return { account, subject, origin: originOf(req), endsAtHost: resumePathOf(req) !== null };
}

/** After the decision `allow`, continues the login or session with more evidence. `change` is further session data. */
export function finishProof(
  page: KnownPageRequest,
  proven: {
    readonly evidence: readonly Evidence[];
    readonly gathered: Gathered;
    /** The new epochs, if the user's older sessions were ended. */
    readonly epochs?: Epochs;
    readonly change?: Partial<MfaSessionData>;
  },
): Promise<void> {
  const completion = completeProof(page.context, { ...provingOf(page), ...proven });
  return applyCompletion(page, completion, proven.change);
}

/** Continues the session, or the login that the host will finish, under a new session id. */
export async function applyCompletion(
  { context, req, identity }: KnownPageRequest,
  completion: Completion,
  change: Partial<MfaSessionData> = {},
): Promise<void> {
  if (completion.outcome === 'raised')
    return upgradeSession(context, req, { grant: completion.grant, change });
  const { wizard, login, host } = readSessionData(req);
  if (completion.outcome === 'kept') {
    const { epochs, stored } = completion;
    const renewedLogin = login === undefined ? {} : { login: { ...login, epochs } };
    await Promise.all([stored, renewPendingLogin(context, req, { ...change, ...renewedLogin })]);
    return;
  }
  // Sent together with the session, in the same round trip.
  if (login?.name !== undefined) context.passwords.noteSignIn(req, login.name);
  await grantSession(req, {
    user: identity.user,
    grant: completion.grant,
    keep: {
      ...(wizard === undefined ? {} : { wizard }),
      ...(host?.next === undefined ? {} : { host: { next: host.next } }),
      ...change,
    },
  });
  if (host !== undefined) setSuccessMessages(req, host);
}

export async function continueAfterProof(page: KnownPageRequest, answer: Verified): Promise<void> {
  const { context, req, res, returnTo } = page;
  const { gathered } = answer;
  const remember = wantsBrowserRemembered(page) ? { name: readSessionData(req).login?.name ?? '' } : null;
  const progress = await proceed(context, { ...provingOf(page), answer, remember });
  const { decision } = progress;
  if (progress.outcome === 'refused') return refuse(page, decision);
  if (progress.outcome === 'goes-on') {
    updateSessionData(req, { challengeHint: undefined });
  } else {
    // An enrollment that failed in its last steps may have created codes that were not shown yet.
    const { unseenCodes } = readSessionData(req);
    const change = unseenCodes === undefined ? {} : { unseenCodes };
    const [cookie] = await Promise.all([progress.cookie, applyCompletion(page, progress.completion, change)]);
    changeBrowserCookie(context, res, cookie);
    const resumePath = resumePathOf(req);
    const { because } = decision;
    if (decision.outcome === 'allow') {
      const continuePath = returnTo ?? readSessionData(req).host?.next ?? context.options.defaultReturnTo;
      const unseen = await unseenCodesPath(page, gathered, continuePath);
      const next = unseen ?? recoveredPath(page, answer.proof.method, continuePath);
      const outcome = resumePath === null ? 'signed-in' : 'resume';
      return sendNext(req, res, { outcome, because, next });
    }
    if (resumePath !== null) return sendNext(req, res, { outcome: 'resume', because, next: resumePath });
  }
  return sendNext(req, res, describeDecision(context, { decision, gathered, ask: null, returnTo }));
}

function wantsBrowserRemembered({ req }: KnownPageRequest): boolean {
  const wanted = fieldOf(req.body, 'rememberBrowser');
  return wanted === 'yes' || wanted === true;
}
