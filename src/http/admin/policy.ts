import type { Router } from 'express';
import type { Policy } from '../../core/policy/policy';
import { isPasswordStale } from '../../flows/admin/disable';
import { previewPolicy, type PolicyPreview } from '../../flows/admin/preview-policy';
import { savePolicyAsAdministrator, type PolicyChange } from '../../flows/admin/save-policy';
import { readPolicy } from '../../flows/context/gather-facts';
import { sentenceFor } from '../kernel/language';
import { show } from '../kernel/page-route';
import { textField } from '../kernel/request';
import { sendNext, sendRefusal } from '../kernel/respond';
import { adminHead, pathWith, type WithAdmin } from './admin-page';
import { changeRoute, readRoute, sentForm, type AdminPage, type AdminRoutes } from './admin-route';
import { findUnknownField } from './form-fields';
import { allFaults, errorsByField, policyFaults, type ShownFault } from './policy-faults';
import { changeAsFields, describeRules, policyFields, sentFields, type PolicyFields } from './policy-fields';
import { POLICY_FIELDS, parsePolicy, savedDraft, type ParsedPolicy } from './policy-form';
import { describePreview, type PreviewLocals } from './policy-preview';
import { renderSessions } from './sessions';

declare module '../kernel/render-page' {
  interface ViewLocals {
    'admin/policy': PolicyLocals;
    'admin/policy-conflict': ConflictLocals;
  }
}

export function addPolicyRoutes(router: Router, routes: AdminRoutes): void {
  const path = '/:organizationId/policy';
  router.get(path, readRoute(routes, showPolicy));
  router.post(path, changeRoute(routes, backToForm, savePolicy, path));
  router.post(`${path}/preview`, readRoute(routes, showPreview));
}

/** The form with the session times is on another page and sends `page`. */
function backToForm(page: AdminPage): string {
  return textField(sentForm(page), 'page') === 'sessions' ? '/sessions' : '/policy';
}

async function showPolicy(page: AdminPage): Promise<void> {
  const { context, res, organization } = page;
  const current = await readPolicy(context, organization.id);
  if (page.json) {
    res.json({ policy: current, availableKinds: context.options.availableKinds });
    return;
  }
  const draft = savedDraft(page, current);
  await renderPolicy(page, { current, draft, faults: [], preview: null, status: 200 });
}

interface Shown {
  readonly current: Policy;
  readonly draft: Policy;
  readonly faults: readonly ShownFault[];
  readonly preview: PolicyPreview | null;
  readonly status: number;
}

async function renderPolicy(
  page: AdminPage,
  { current, draft, faults, preview, status }: Shown,
): Promise<void> {
  const { context, req, options, kept } = page;
  const { availableKinds } = context.options;
  const errors = errorsByField(page.translator, faults);
  if (backToForm(page) === '/sessions') return renderSessions(page, { policy: draft, errors, status });
  const fields =
    req.method === 'POST' || kept !== null
      ? sentFields(sentForm(page), draft, availableKinds)
      : policyFields(current, availableKinds);
  await show(
    page,
    'admin/policy',
    {
      admin: adminHead(page, 'policy', true),
      fields: { ...fields, version: kept === null ? current.version : draft.version },
      errors,
      wasEnabled: current.enabled,
      clientWarning: options.clientWarning ?? page.translator.t('admin.policy.clientWarning'),
      preview: preview === null ? null : describePreview(page, preview),
    },
    status,
  );
}

async function refusePolicy(
  page: AdminPage,
  refused: {
    readonly current: Policy;
    readonly parsed: ParsedPolicy;
    readonly faults: readonly ShownFault[];
  },
): Promise<void> {
  const { current, parsed } = refused;
  const draft = { ...current, ...parsed.change };
  const faults = allFaults(page.translator, refused.faults, draft, page.context.options.availableKinds);
  const [first] = faults;
  if (page.json) {
    const { because, message, field } = first ?? {
      because: 'malformed',
      message: sentenceFor(page.translator, 'malformed'),
      field: 'policy',
    };
    page.res.status(400).json({ outcome: 'rejected', because, message, field, faults });
    return;
  }
  await renderPolicy(page, { current, draft, faults, preview: null, status: 400 });
}

function parseSent(page: AdminPage, current: Policy): ParsedPolicy {
  const parsed = parsePolicy(page.translator, page.req.body, { current, now: page.context.clock.now() });
  const unknown = findUnknownField(page, POLICY_FIELDS);
  return unknown === null ? parsed : { ...parsed, faults: [unknown, ...parsed.faults] };
}

async function savePolicy(page: AdminPage): Promise<void> {
  const { context, req, res, act, organization } = page;
  const current = await readPolicy(context, organization.id);
  const parsed = parseSent(page, current);
  if (parsed.faults.length > 0) return refusePolicy(page, { current, parsed, faults: parsed.faults });
  const { change } = parsed;
  // Disabling has its own page, which asks for the password again.
  if (current.enabled && change.enabled === false && isPasswordStale(page.gathered))
    return redirectToDisable(page);
  const expectedVersion = parsed.expectedVersion ?? current.version;
  const saved = await savePolicyAsAdministrator(context, { ...act, change, expectedVersion });
  switch (saved.outcome) {
    case 'saved': {
      const back = `${page.basePath}${backToForm(page)}`;
      const done = backToForm(page) === '/sessions' ? 'duration' : 'policy';
      const next = page.json ? back : pathWith(back, { done });
      return sendNext(req, res, { outcome: 'saved', next, policy: saved.policy });
    }
    case 'refused':
      return refusePolicy(page, { current, parsed, faults: policyFaults(page, saved.faults) });
    case 'conflict':
      return showConflict(page, { current: saved.current, change });
    case 'would-lock-you-out':
      return refuseLockOut(page, { current, parsed, wayOut: saved.wayOut });
  }
}

async function redirectToDisable({ context, json, res, basePath }: AdminPage): Promise<void> {
  const next = `${basePath}/disable`;
  if (json) sendRefusal(context, res, { because: 'password-needed', status: 401, next });
  else res.redirect(303, next);
}

/** Refuses a policy that would lock the administrator out, and says what to do first: set up a method, or allow another one. */
async function refuseLockOut(
  page: AdminPage,
  refused: {
    readonly current: Policy;
    readonly parsed: ParsedPolicy;
    readonly wayOut: 'enroll-first' | 'allow-another-method';
  },
): Promise<void> {
  const { current, parsed, wayOut } = refused;
  const because = 'would-lock-you-out';
  const settings = `${page.context.options.pagesPath}/settings`;
  const next = wayOut === 'enroll-first' ? settings : `${page.basePath}/policy`;
  const message = sentenceFor(page.translator, `${because}-${wayOut}`);
  if (page.json) {
    page.res.status(409).json({ outcome: 'rejected', because, message, wayOut, next });
    return;
  }
  const draft = { ...current, ...parsed.change };
  const faults = [{ field: 'policy', because, message }];
  await renderPolicy(page, { current, draft, faults, preview: null, status: 409 });
}

/** Shows what saving would do. It changes nothing, so it needs no fresh proof. */
async function showPreview(page: AdminPage): Promise<void> {
  const { context, res, act, organization } = page;
  const current = await readPolicy(context, organization.id);
  const parsed = parseSent(page, current);
  if (parsed.faults.length > 0) return refusePolicy(page, { current, parsed, faults: parsed.faults });
  const { change, expectedVersion } = parsed;
  const preview = await previewPolicy(context, {
    organizationId: act.organizationId,
    actor: act.actor,
    change,
    ...(expectedVersion === null ? {} : { expectedVersion }),
  });
  switch (preview.outcome) {
    case 'refused':
      return refusePolicy(page, { current, parsed, faults: policyFaults(page, preview.faults) });
    case 'conflict':
      return showConflict(page, { current: preview.current, change });
    case 'previewed':
      if (page.json) return void res.json(preview);
      return renderPolicy(page, { current, draft: preview.draft, faults: [], preview, status: 200 });
  }
}
export interface PolicyLocals extends WithAdmin {
  readonly fields: PolicyFields;
  readonly errors: Readonly<Record<string, string>>;
  /** Whether MFA is on now. Disabling it has its own page. */
  readonly wasEnabled: boolean;
  readonly clientWarning: string;
  readonly preview: PreviewLocals | null;
}
export interface ConflictLocals extends WithAdmin {
  readonly rows: readonly {
    readonly rule: string;
    readonly theirs: string;
    readonly yours: string;
    readonly differs: boolean;
  }[];
  /** The fields as sent, to be saved on top of the newest version. */
  readonly resend: readonly { readonly name: string; readonly value: string }[];
}
/** Another administrator saved first: shows both versions side by side, and overwrites nothing. */
export async function showConflict(
  page: AdminPage,
  { current, change }: { readonly current: Policy; readonly change: PolicyChange },
): Promise<void> {
  if (page.json) {
    const because = 'policy-changed-meanwhile';
    const message = sentenceFor(page.translator, because);
    page.res.status(409).json({ outcome: 'rejected', because, message, current });
    return;
  }
  const yours = describeRules(page.translator, { ...current, ...change });
  await show(
    page,
    'admin/policy-conflict',
    {
      admin: adminHead(page, 'policy', true),
      rows: describeRules(page.translator, current).map(({ rule, text }, index) => {
        const mine = yours[index]?.text ?? text;
        return { rule, theirs: text, yours: mine, differs: mine !== text };
      }),
      resend: changeAsFields(change, current.version),
    },
    409,
  );
}
