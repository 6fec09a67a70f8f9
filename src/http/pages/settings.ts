import type { Router } from 'express';
import { MfaError } from '../../core/errors';
import { cutText } from '../../core/text/typed-text';
import {
  askFirst,
  removeAuthenticator,
  renameAuthenticator,
  type ChangeRefused,
  type FactorAct,
  type Removal,
} from '../../flows/authenticators/change-authenticator';
import { renewRecoveryCodes, type Renewal } from '../../flows/authenticators/recovery-codes';
import { administeredBy } from '../admin/admin-options';
import type { HttpContext } from '../kernel/http-context';
import {
  answerRefusal,
  field,
  knownPageRoute,
  pathOf,
  refuse,
  type KnownPageRequest,
} from '../kernel/page-route';
import { refusalStatus } from '../kernel/refusals';
import { originOf, wantsOthersEnded, withReturnTo } from '../kernel/request';
import { nextPath, sendNext } from '../kernel/respond';
import { dropPendingAction, findPendingAction, savePendingAction } from '../session/pending-action';
import { resolveIdentity } from '../session/resolve-identity';
import { updateSessionData } from '../session/session-data';
import type { SettingsAct } from '../session/session-data-text';
import { finishProof } from './finish-login';
import { renderSettings } from './settings-page';

const LONGEST_LABEL = 60;

/** The submitted name of an authenticator; null if it is missing or empty. */
export function typedLabel(page: KnownPageRequest): string | null {
  return cleanLabel(field(page, 'label'));
}

/** One line of limited length; null if nothing remains. */
export function cleanLabel(typed: string): string | null {
  const line = typed.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').trim();
  const label = cutText(line, LONGEST_LABEL);
  return label === '' ? null : label;
}

/** Performs an action in the settings, or redirects to the proof that it needs. */
export async function performAct(page: KnownPageRequest, act: SettingsAct): Promise<void> {
  const { context, req, identity } = page;
  const asking: FactorAct = {
    account: identity.account,
    subject: identity.subject,
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
      return outcome.outcome === 'removed'
        ? finishRemoval(page, act.authenticatorId, outcome)
        : answerRefused(page, act, outcome);
    }
    case 'new-recovery-codes': {
      const outcome = await renewRecoveryCodes(context, asking);
      return outcome.outcome === 'recovery-codes-issued'
        ? showNewCodes(page, outcome)
        : answerRefused(page, act, outcome);
    }
  }
}

/** Performs the action that waited for this proof. False if no action waited. */
export async function resumeAct(page: KnownPageRequest): Promise<boolean> {
  const { context, req, returnTo, json } = page;
  const act = findPendingAction(req, returnTo, context.clock.now());
  if (act === null || json) return false;
  dropPendingAction(req);
  // The proof gave the session a new id and new evidence.
  const identity = await resolveIdentity(context, req);
  if (identity.kind === 'anonymous') return false;
  await performAct({ ...page, identity, returnTo: null }, act);
  return true;
}

function done(
  page: KnownPageRequest,
  outcome: 'renamed' | 'asked-first' | 'removed',
  more: Readonly<Record<string, unknown>> = {},
  owner: string | null = null,
): void {
  const settings = pathOf(page, '/settings');
  const query = new URLSearchParams({ done: outcome, ...(owner === null ? {} : { owner }) });
  const next = page.json ? settings : `${settings}?${query.toString()}`;
  sendNext(page.req, page.res, { outcome, next, ...more });
}

/** Continues this session under a new id, with the new epoch. Other sessions keep the old epoch, so they end. */
async function finishRemoval(
  page: KnownPageRequest,
  authenticatorId: string,
  { gathered, epochs, notified }: Removal & { readonly outcome: 'removed' },
): Promise<void> {
  const evidence = gathered.facts.session.evidence;
  await finishProof(page, { evidence, gathered, epochs });
  const removed = gathered.member.authenticators.find(({ id }) => id === authenticatorId);
  const factor = removed && page.context.factors.get(removed.kind);
  done(page, 'removed', { notified }, (removed && factor?.ownerHandle(removed.state)) ?? null);
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
  updateSessionData(req, { unseenCodes: true, enrolled: undefined });
  const next = withReturnTo(pathOf(page, '/enroll/recovery-codes'), pathOf(page, '/settings'));
  sendNext(req, res, { outcome, next });
}

async function answerRefused(
  page: KnownPageRequest,
  act: SettingsAct,
  refused: ChangeRefused,
): Promise<void> {
  const { context, req, res, json } = page;
  if (refused.outcome === 'feature-off')
    throw new MfaError('not-found', 'MFA is off here.', { reason: 'feature-off' });
  if (refused.outcome === 'refused') {
    const { decision } = refused;
    if (json || decision.outcome !== 'challenge') return refuse(page, decision);
    const place = { settingsPath: pathOf(page, '/settings'), now: context.clock.now() };
    res.redirect(303, nextPath(context, decision, savePendingAction(req, act, place)));
    return undefined;
  }
  const { because } = refused;
  const status = because === 'no-authenticator' ? 404 : refusalStatus(because);
  const wait = 'retryAfterSeconds' in refused ? { retryAfterSeconds: refused.retryAfterSeconds } : {};
  return answerRefusal(page, { because, status, ...wait }, () =>
    renderSettings(page, { error: because, status }),
  );
}

export function addSettingsRoutes(router: Router, context: HttpContext): void {
  const act = (path: string, read: (page: KnownPageRequest) => SettingsAct | null): void => {
    router.post(
      path,
      knownPageRoute(context, async (page) => {
        const asked = read(page);
        return asked === null ? refuseEmptyLabel(page) : performAct(page, asked);
      }),
    );
  };
  router.get(
    '/settings',
    knownPageRoute(context, (page) => renderSettings(page, { error: null, status: 200 })),
  );
  act('/settings/authenticators/:id/rename', readRenaming);
  act('/settings/authenticators/:id/remove', (page) => ({
    kind: 'remove',
    authenticatorId: idOf(page),
    endOthers: wantsOthersEnded(page.req.body),
  }));
  act('/settings/authenticators/:id/ask-first', (page) => ({
    kind: 'ask-first',
    authenticatorId: idOf(page),
  }));
  act('/settings/recovery-codes', () => ({ kind: 'new-recovery-codes' }));
}

const LONGEST_ID = 64;

function idOf({ req }: KnownPageRequest): string {
  const { id } = req.params;
  return typeof id === 'string' ? id.slice(0, LONGEST_ID) : '';
}

function readRenaming(page: KnownPageRequest): SettingsAct | null {
  const label = typedLabel(page);
  return label === null ? null : { kind: 'rename', authenticatorId: idOf(page), label };
}

function refuseEmptyLabel(page: KnownPageRequest): Promise<void> {
  return answerRefusal(page, { because: 'label-missing', status: 400 }, (status) =>
    renderSettings(page, { error: 'label-missing', status }),
  );
}
