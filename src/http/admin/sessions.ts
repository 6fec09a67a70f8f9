import type { Router } from 'express';
import type { Policy } from '../../core/policy/policy';
import { endAllSessions } from '../../flows/admin/end-sessions';
import { effectivePolicy } from '../../flows/context/gather-facts';
import { show } from '../kernel/page-route';
import { sendNext } from '../kernel/respond';
import { readSessionData, updateSessionData } from '../session/session-data';
import { adminHead } from './admin-page';
import { pathWith } from './admin-query';
import { changeRoute, readRoute, type AdminPage, type AdminRoutes } from './admin-route';
import { keptDraft } from './policy-faults';
import { durationField } from './policy-fields';
import { parseSwitch } from './policy-form';

export function addSessionsRoutes(router: Router, routes: AdminRoutes): void {
  router.get('/:organizationId/sessions', readRoute(routes, showSessions));
  router.post(
    '/:organizationId/sessions/end-all',
    changeRoute(routes, () => '/sessions', endEverySession),
  );
}

async function showSessions(page: AdminPage): Promise<void> {
  const { context, organization } = page;
  const policy = effectivePolicy(context, await context.records.findPolicy(organization.id));
  const { sessionDurationSeconds, idleTimeoutSeconds, version } = policy;
  if (page.json) {
    page.res.json({ sessionDurationSeconds, idleTimeoutSeconds, version });
    return;
  }
  await renderSessions(page, { policy: keptDraft(page, policy), errors: {}, status: 200 });
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
  const keepMine = parseSwitch(req.body, 'keepMine') === true;
  const { outcome, organizationEpoch } = await endAllSessions(context, act);
  if (keepMine) await carryEpoch(page, organizationEpoch);
  const path = `${basePath}/sessions`;
  const next = page.json ? path : pathWith(path, { done: 'all-sessions-ended' });
  sendNext(req, res, { outcome, next });
}

/**
 * The new value, written into this one session and its entry in the list, is what lets it go on. One that never entered the
 * organization needs none.
 */
async function carryEpoch(page: AdminPage, epoch: string): Promise<void> {
  const { context, req, organization } = page;
  const { session } = readSessionData(req);
  if (session === undefined) return;
  const organizationEpochs = session.organizationEpochs.map((entry) =>
    entry[0] === organization.id ? ([organization.id, epoch] as const) : entry,
  );
  updateSessionData(req, { session: { ...session, organizationEpochs } });
  const { userId, handle } = session;
  const entry = await context.state.findSession(userId, handle);
  if (entry?.organizationId !== organization.id) return;
  const epochs = { ...entry.epochs, organization: epoch };
  await context.state.registerSession(
    userId,
    { ...entry, epochs },
    { now: page.gathered.now, continues: handle },
  );
}
