import { askFirst } from '../../flows/ask-first';
import type { ChangeRefused, FactorAct } from '../../flows/may-change-factors';
import { removeAuthenticator } from '../../flows/remove-authenticator';
import { renameAuthenticator } from '../../flows/rename-authenticator';
import { renewRecoveryCodes } from '../../flows/renew-recovery-codes';
import type { Renewal } from '../../flows/renew-recovery-codes';
import type { Removal } from '../../flows/remove-authenticator';
import { MfaError } from '../../errors';
import { administeredBy } from '../administered-policy';
import { originOf } from '../origin';
import { refusalStatus } from '../refusal-status';
import { nextPath, sendNext } from '../respond';
import { withReturnTo } from '../return-to';
import type { SettingsAct } from '../session-slot';
import { updateSlot } from '../session-slot';
import { identifyVisitor } from '../visitor';
import { dropWaitingAct, findWaitingAct, keepWaitingAct } from '../waiting-act';
import { finishProof } from './finish-login';
import { answerRefusal, pathOf, refuse } from './page-route';
import type { KnownPageRequest } from './page-route';
import { renderSettings } from './settings-page';

/** Does what was asked in the settings, or leads to the proof that it needs. */
export async function performAct(page: KnownPageRequest, act: SettingsAct): Promise<void> {
  const { context, req, visitor } = page;
  const asking: FactorAct = {
    account: visitor.account,
    bearer: visitor.bearer,
    origin: originOf(req),
    findAdministered: administeredBy(page),
  };
  switch (act.kind) {
    case 'rename': {
      const outcome = await renameAuthenticator(context, { ...asking, ...act });
      return outcome.outcome === 'renamed' ? done(page, 'renamed') : answerRefused(page, act, outcome);
    }
    case 'ask-first': {
      const outcome = await askFirst(context, { ...asking, ...act });
      return outcome.outcome === 'asked-first'
        ? done(page, 'asked-first')
        : answerRefused(page, act, outcome);
    }
    case 'remove': {
      const outcome = await removeAuthenticator(context, { ...asking, ...act });
      return outcome.outcome === 'removed' ? goOnRemoved(page, outcome) : answerRefused(page, act, outcome);
    }
    case 'new-recovery-codes': {
      const outcome = await renewRecoveryCodes(context, asking);
      return outcome.outcome === 'recovery-codes-issued'
        ? showNewCodes(page, outcome)
        : answerRefused(page, act, outcome);
    }
  }
}

/** After a proof that was asked for an act, the act itself. False where nothing waits for this proof. */
export async function resumeAct(page: KnownPageRequest): Promise<boolean> {
  const { context, req, returnTo, json } = page;
  const act = findWaitingAct(req, returnTo, context.clock.now());
  if (act === null || json) return false;
  dropWaitingAct(req);
  // The proof gave the session a new id and new evidence.
  const visitor = await identifyVisitor(context, req);
  if (visitor.kind === 'anonymous') return false;
  await performAct({ ...page, visitor, returnTo: null }, act);
  return true;
}

function done(
  page: KnownPageRequest,
  outcome: 'renamed' | 'asked-first' | 'removed',
  more: Readonly<Record<string, unknown>> = {},
): void {
  const settings = pathOf(page, '/settings');
  const next = page.json ? settings : `${settings}?done=${outcome}`;
  sendNext(page.req, page.res, { outcome, next, ...more });
}

/** This session goes on under a new id, with the epoch that the others no longer have. */
async function goOnRemoved(
  page: KnownPageRequest,
  { gathered, epochs, notified }: Removal & { readonly outcome: 'removed' },
): Promise<void> {
  const evidence = gathered.facts.session?.evidence ?? [];
  await finishProof(page, { evidence, gathered, epochs });
  done(page, 'removed', { notified });
}

function showNewCodes(
  page: KnownPageRequest,
  { recoveryCodes, notified }: Renewal & { readonly outcome: 'recovery-codes-issued' },
): void {
  const { req, res, json } = page;
  const outcome = 'recovery-codes-issued';
  if (json) {
    sendNext(req, res, { outcome, next: pathOf(page, '/settings'), recoveryCodes, notified });
    return;
  }
  updateSlot(req, { unseenCodes: true, enrolled: undefined });
  const next = withReturnTo(pathOf(page, '/enroll/recovery-codes'), pathOf(page, '/settings'));
  sendNext(req, res, { outcome, next });
}

async function answerRefused(
  page: KnownPageRequest,
  act: SettingsAct,
  refused: ChangeRefused,
): Promise<void> {
  const { context, req, res, json } = page;
  if (refused.outcome === 'feature-off') throw new MfaError('not-found', 'There is nothing here.');
  if (refused.outcome === 'refused') {
    const { decision } = refused;
    if (json || decision.outcome !== 'challenge') return refuse(page, decision);
    const place = { settingsPath: pathOf(page, '/settings'), now: context.clock.now() };
    res.redirect(303, nextPath(context, decision, keepWaitingAct(req, act, place)));
    return undefined;
  }
  const { because } = refused;
  const status = because === 'no-authenticator' ? 404 : refusalStatus(because);
  const wait = 'retryAfterSeconds' in refused ? { retryAfterSeconds: refused.retryAfterSeconds } : {};
  return answerRefusal(page, { because, status, ...wait }, () =>
    renderSettings(page, { error: because, status }),
  );
}
