import { usedRecoveryCode } from '../../flows/answer-challenge';
import type { Answer } from '../../flows/answer-challenge';
import { rememberBrowser } from '../../flows/remember-browser';
import { reportRecoveryCodeUse } from '../../flows/report-recovery-code-use';
import { describeDecision } from '../describe-login';
import { resumePathOf } from '../host-login';
import { originOf } from '../origin';
import { changeBrowserCookie } from '../remembered-browser-cookie';
import { sendNext } from '../respond';
import { fieldOf } from '../return-to';
import { readSlot, updateSlot } from '../session-slot';
import { finishProof } from './finish-login';
import { refuse } from './page-route';
import type { KnownPageRequest } from './page-route';
import { unseenCodesPath } from './recovery-codes';

type Verified = Answer & { readonly outcome: 'verified' };

/** A factor was proven: the login or session goes on to where the decision leads. */
export async function goOnAfterProof(page: KnownPageRequest, answer: Verified): Promise<void> {
  const { context, req, res, visitor, returnTo } = page;
  const { decision, evidence, gathered, asked } = answer;
  if (usedRecoveryCode(asked)) await reportRecoveryCodeUse(context, { gathered, origin: originOf(req) });
  if (decision.outcome === 'allow') {
    // An enrollment that failed in its last steps may have left codes that nobody has seen.
    const { unseenCodes } = readSlot(req);
    const change = unseenCodes === undefined ? {} : { unseenCodes };
    await Promise.all([rememberIfWanted(page, answer), finishProof(page, { evidence, gathered, change })]);
    const onwards = returnTo ?? readSlot(req).host?.next ?? context.options.defaultReturnTo;
    const next = (await unseenCodesPath(page, gathered, onwards)) ?? onwards;
    const outcome = resumePathOf(req) === null ? 'signed-in' : 'resume';
    return sendNext(req, res, { outcome, because: decision.because, next });
  }
  if (decision.outcome === 'enroll') {
    // What can be put off is offered in the session, where the strongest factor is asked for before another one is bound.
    if (visitor.bearer.standing === 'pending' && !decision.skippable) {
      await context.state.savePendingEvidence(visitor.bearer.userId, visitor.bearer.ownerId, evidence);
      updateSlot(req, { asked: undefined });
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
  const { context, req, res, visitor } = page;
  const wanted = fieldOf(req.body, 'rememberBrowser');
  if (wanted !== 'yes' && wanted !== true) return;
  const { account, bearer } = visitor;
  const { name = '' } = readSlot(req).login ?? {};
  const proven = { account, bearer, gathered, proof, origin: originOf(req), name };
  changeBrowserCookie(context, res, await rememberBrowser(context, proven));
}
