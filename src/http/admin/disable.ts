import type { Router } from 'express';
import { isRecent } from '../../core/clock';
import {
  describeDisableImpact,
  disableMfa,
  findForgetDevicesProgress,
  isPasswordStale,
  type DisableImpact,
  type ForgetDevicesProgress,
} from '../../flows/admin/disable';
import { proveOwnPassword } from '../../flows/sign-in/judge-password';
import { sentenceFor } from '../kernel/language';
import { answerRefusal, show } from '../kernel/page-route';
import type { Moment } from '../kernel/render-page';
import { fieldOf, originOf, textField } from '../kernel/request';
import { sendNext, sendRefusal, type Refusal } from '../kernel/respond';
import { finishProof } from '../pages/finish-login';
import { sourceOfSession } from '../sign-in/attempt-login';
import { adminHead, pathWith, textQuery, type WithAdmin } from './admin-page';
import { changeRoute, readRoute, refuseUnproven, type AdminPage, type AdminRoutes } from './admin-route';
import { parseSwitch, parseVersion } from './form-fields';

declare module '../kernel/render-page' {
  interface ViewLocals {
    'admin/disable': DisableLocals;
    'admin/disable-progress': DisableProgressLocals;
  }
}

export function addDisableRoutes(router: Router, routes: AdminRoutes): void {
  router.get('/:organizationId/disable', readRoute(routes, showDisable));
  router.post(
    '/:organizationId/disable',
    changeRoute(routes, () => '/disable', submitDisable),
  );
}

/** How long a finished job stays visible. */
const VISIBLE_SECONDS = 86_400;

async function showDisable(page: AdminPage): Promise<void> {
  const { context, organization, unproven, basePath } = page;
  const [impact, progress] = await Promise.all([
    describeDisableImpact(context, organization.id),
    findForgetDevicesProgress(context, organization.id),
  ]);
  if (page.json) {
    page.res.json({ ...impact, progress });
    return;
  }
  if (progress !== null && !impact.policy.enabled && isVisible(progress, page)) {
    return renderProgress(page, progress);
  }
  if (!impact.policy.enabled) return renderDisable(page, impact, { step: 'off' });
  if (unproven !== null) return refuseUnproven(page, unproven, `${basePath}/disable`);
  const forgetDevices =
    textQuery(page.req, 'forgetDevices') === 'yes' ||
    parseSwitch(page.kept?.fields, 'forgetDevices') === true;
  const step = isPasswordStale(page.gathered) ? 'password' : 'choose';
  return renderDisable(page, impact, { step, forgetDevices });
}

function isVisible({ finishedAt }: ForgetDevicesProgress, page: AdminPage): boolean {
  return finishedAt === null || isRecent(finishedAt, VISIBLE_SECONDS, page.gathered.now);
}

function renderProgress(page: AdminPage, progress: ForgetDevicesProgress): Promise<void> {
  const { startedAt, finishedAt, done, of, people, devices } = progress;
  return show(page, 'admin/disable-progress', {
    admin: adminHead(page, 'policy', false),
    running: finishedAt === null,
    done,
    total: of,
    people,
    devices,
    startedAt: page.translator.moment(startedAt),
    finishedAt: finishedAt === null ? null : page.translator.moment(finishedAt),
  });
}

function renderDisable(
  page: AdminPage,
  impact: DisableImpact,
  shown: {
    readonly step: DisableLocals['step'];
    readonly forgetDevices?: boolean;
    readonly error?: string;
    readonly status?: number;
  },
): Promise<void> {
  const { step, forgetDevices = false, error = null, status = 200 } = shown;
  return show(
    page,
    'admin/disable',
    {
      admin: adminHead(page, 'policy', false),
      step,
      error,
      forgetDevices,
      username: page.identity.account.username,
      version: impact.policy.version,
      members: impact.members,
      people: impact.people,
      devices: impact.devices,
      counting: impact.counting,
    },
    status,
  );
}

async function submitDisable(page: AdminPage): Promise<void> {
  const { context, req, res, organization, basePath } = page;
  const forgetDevices = parseSwitch(req.body, 'forgetDevices') === true;
  const confirmed = parseSwitch(req.body, 'confirm') === true;
  const path = `${basePath}/disable`;
  if (isPasswordStale(page.gathered)) {
    if (fieldOf(req.body, 'password') === undefined) {
      return refusePassword(page, forgetDevices, { because: 'password-needed', status: 401, next: path });
    }
    const refusal = await provePassword(page);
    if (refusal !== null) return refusePassword(page, forgetDevices, { ...refusal, next: path });
    if (!page.json) {
      res.redirect(303, pathWith(path, { forgetDevices: forgetDevices ? 'yes' : '' }));
      return;
    }
  }
  const impact = await describeDisableImpact(context, organization.id);
  if (!confirmed) return askToConfirm(page, impact, forgetDevices);
  return disable(page, impact, forgetDevices);
}

async function refusePassword(page: AdminPage, forgetDevices: boolean, refusal: Refusal): Promise<void> {
  const impact = await describeDisableImpact(page.context, page.organization.id);
  return answerRefusal(page, refusal, (status) =>
    renderDisable(page, impact, {
      step: 'password',
      forgetDevices,
      error: sentenceFor(page.translator, refusal.because),
      status,
    }),
  );
}

async function askToConfirm(page: AdminPage, impact: DisableImpact, forgetDevices: boolean): Promise<void> {
  if (!page.json) return renderDisable(page, impact, { step: 'confirm', forgetDevices });
  const { members, people, devices, counting, policy } = impact;
  const because = 'not-confirmed';
  page.res.status(400).json({
    outcome: 'rejected',
    because,
    message: sentenceFor(page.translator, because),
    members,
    people,
    devices,
    counting,
    version: policy.version,
  });
}

async function disable(page: AdminPage, impact: DisableImpact, forgetDevices: boolean): Promise<void> {
  const { context, req, res, act, basePath } = page;
  const sent = parseVersion(fieldOf(req.body, 'version'));
  if (sent === 'malformed') return sendRefusal(context, res, { because: 'malformed', status: 400 });
  const expectedVersion = sent ?? impact.policy.version;
  const result = await disableMfa(context, { ...act, forgetDevices, expectedVersion });
  if (result.outcome === 'conflict') {
    const because = 'policy-changed-meanwhile';
    return answerRefusal(page, { because, status: 409 }, (status) =>
      renderDisable(page, impact, {
        step: 'confirm',
        forgetDevices,
        error: sentenceFor(page.translator, because),
        status,
      }),
    );
  }
  const { outcome, forgetting, policy } = result;
  const shown = forgetting ? `${basePath}/disable` : pathWith(`${basePath}/policy`, { done: 'off' });
  const next = page.json ? `${basePath}/${forgetting ? 'disable' : 'policy'}` : shown;
  sendNext(req, res, { outcome, next, forgetting, policy });
}
export interface DisableLocals extends WithAdmin {
  readonly step: 'password' | 'choose' | 'confirm' | 'off';
  readonly error: string | null;
  readonly forgetDevices: boolean;
  readonly username: string | null;
  readonly version: number;
  readonly members: number;
  /** Members with a method, and the number of their methods. */
  readonly people: number;
  readonly devices: number;
  /** True while members are still being counted, so the numbers will grow. */
  readonly counting: boolean;
}
export interface DisableProgressLocals extends WithAdmin {
  readonly running: boolean;
  readonly done: number;
  readonly total: number | null;
  readonly people: number;
  readonly devices: number;
  readonly startedAt: Moment;
  readonly finishedAt: Moment | null;
}

/** Checks the submitted password. If it is right, the session records it and gets a new id. */
async function provePassword(page: AdminPage): Promise<Refusal | null> {
  const { context, req, identity, gathered } = page;
  const { account, subject } = identity;
  const proof = await proveOwnPassword(context, {
    account,
    gathered,
    purpose: 'switch-off',
    origin: originOf(req),
    check: () =>
      context.passwords.check(req, {
        username: account.username,
        password: textField(req.body, 'password'),
        trusted: sourceOfSession(subject.ownerId),
      }),
  });
  switch (proof.outcome) {
    case 'throttled':
      return {
        because: 'too-many-passwords',
        status: 429,
        retryAfterSeconds: proof.retryAfterSeconds,
      };
    case 'wrong':
      return { because: 'wrong-password', status: 401 };
    case 'proven':
      await finishProof(page, { evidence: proof.evidence, gathered });
      return null;
  }
}
