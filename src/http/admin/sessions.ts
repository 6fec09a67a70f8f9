import type { Router } from 'express';
import type { Policy } from '../../core/policy/policy';
import { endAllSessions } from '../../flows/admin/end-sessions';
import { readPolicy } from '../../flows/context/gather-facts';
import { show } from '../kernel/page-route';
import { sendNext } from '../kernel/respond';
import { readSessionData, updateSessionData } from '../session/session-data';
import { adminHead, pathWith, type WithAdmin } from './admin-page';
import { changeRoute, readRoute, type AdminPage, type AdminRoutes } from './admin-route';
import { parseSwitch } from './form-fields';
import { savedDraft } from './policy-form';
import { durationField, type DurationField } from './words';

declare module '../kernel/render-page' {
  interface ViewLocals {
    'admin/sessions': AdminSessionsLocals;
  }
}

export interface AdminSessionsLocals extends WithAdmin {
  readonly version: number;
  readonly sessionDuration: DurationField;
  readonly idleTimeout: DurationField;
  readonly errors: Readonly<Record<string, string>>;
  /** Ending every session was requested before the proof: the page opens at the button that confirms it. */
  readonly ending: boolean;
  readonly keepMine: boolean;
}

export function addSessionsRoutes(router: Router, routes: AdminRoutes): void {
  router.get('/:organizationId/sessions', readRoute(routes, showSessions));
  router.post(
    '/:organizationId/sessions/end-all',
    changeRoute(routes, () => '/sessions', endEverySession),
  );
}

async function showSessions(page: AdminPage): Promise<void> {
  const { context, organization } = page;
  const policy = await readPolicy(context, organization.id);
  const { sessionDurationSeconds, idleTimeoutSeconds, version } = policy;
  if (page.json) {
    page.res.json({ sessionDurationSeconds, idleTimeoutSeconds, version });
    return;
  }
  await renderSessions(page, { policy: savedDraft(page, policy), errors: {}, status: 200 });
}

export function renderSessions(
  page: AdminPage,
  shown: {
    readonly policy: Policy;
    readonly errors: Readonly<Record<string, string>>;
    readonly status: number;
  },
): Promise<void> {
  const { policy, errors, status } = shown;
  const { kept } = page;
  const ending = kept?.act === 'end-all';
  return show(
    page,
    'admin/sessions',
    {
      admin: adminHead(page, 'sessions', true),
      version: policy.version,
      sessionDuration: durationField(policy.sessionDurationSeconds),
      idleTimeout: durationField(policy.idleTimeoutSeconds),
      errors,
      ending,
      keepMine: !ending || parseSwitch(kept.fields, 'keepMine') === true,
    },
    status,
  );
}

async function endEverySession(page: AdminPage): Promise<void> {
  const { context, req, res, act, basePath } = page;
  const { session } = readSessionData(req);
  const keep = parseSwitch(req.body, 'keepMine') === true ? session : undefined;
  const { outcome, keptEpochs } = await endAllSessions(context, { ...act, keep });
  if (session !== undefined && keptEpochs !== null)
    updateSessionData(req, { session: { ...session, organizationEpochs: keptEpochs } });
  const path = `${basePath}/sessions`;
  const next = page.json ? path : pathWith(path, { done: 'all-sessions-ended' });
  sendNext(req, res, { outcome, next });
}
