import type { Router } from 'express';
import type { Policy } from '../../core/policy/policy';
import { previewPolicy, type PolicyPreview } from '../../flows/admin/preview-policy';
import { savePolicyAsAdministrator } from '../../flows/admin/save-policy';
import { effectivePolicy } from '../../flows/context/gather-facts';
import { show } from '../kernel/page-route';
import { textField } from '../kernel/request';
import { sendNext, sendRefusal } from '../kernel/respond';
import { sentenceFor } from '../kernel/sentences';
import { DEFAULT_CLIENT_WARNING } from './admin-options';
import { adminHead } from './admin-page';
import { pathWith } from './admin-query';
import { changeRoute, readRoute, sentForm, type AdminPage, type AdminRoutes } from './admin-route';
import { stalePassword } from './password-again';
import { allFaults, errorsByField, keptDraft, showConflict, type ShownFault } from './policy-faults';
import { policyFields, sentFields } from './policy-fields';
import { POLICY_FIELDS, parsePolicy, type ParsedPolicy } from './policy-form';
import { describePreview } from './policy-preview';
import { renderSessions } from './sessions';
import { findUnknownField } from './unknown-field';

export function addPolicyRoutes(router: Router, routes: AdminRoutes): void {
  router.get('/:organizationId/policy', readRoute(routes, showPolicy));
  router.post('/:organizationId/policy', changeRoute(routes, backToForm, savePolicy));
  router.post('/:organizationId/policy/preview', readRoute(routes, showPreview));
}

/** The session times have a form of their own on another page, which says so. */
function backToForm(page: AdminPage): string {
  return textField(sentForm(page), 'page') === 'sessions' ? '/sessions' : '/policy';
}

async function currentPolicy({ context, organization }: AdminPage): Promise<Policy> {
  return effectivePolicy(context, await context.records.findPolicy(organization.id));
}

async function showPolicy(page: AdminPage): Promise<void> {
  const { context, res } = page;
  const current = await currentPolicy(page);
  const { availableKinds } = context.options;
  if (page.json) {
    res.json({ policy: current, availableKinds });
    return;
  }
  const draft = keptDraft(page, current);
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
  const errors = errorsByField(faults);
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
      clientWarning: options.clientWarning ?? DEFAULT_CLIENT_WARNING,
      preview: preview === null ? null : describePreview(page, preview),
      membersPath: `${page.basePath}/members`,
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
  const faults = allFaults(refused.faults, draft, page.context.options.availableKinds);
  const [first] = faults;
  if (page.json) {
    const { because, message, field } = first ?? {
      because: 'malformed',
      message: sentenceFor('malformed'),
      field: 'policy',
    };
    page.res.status(400).json({ outcome: 'rejected', because, message, field, faults });
    return;
  }
  await renderPolicy(page, { current, draft, faults, preview: null, status: 400 });
}

function parseSent(page: AdminPage, current: Policy): ParsedPolicy {
  const parsed = parsePolicy(page.req.body, { current, now: page.context.clock.now() });
  const unknown = findUnknownField(page, POLICY_FIELDS);
  return unknown === null ? parsed : { ...parsed, faults: [unknown, ...parsed.faults] };
}

async function savePolicy(page: AdminPage): Promise<void> {
  const { context, req, res, act } = page;
  const current = await currentPolicy(page);
  const parsed = parseSent(page, current);
  if (parsed.faults.length > 0) return refusePolicy(page, { current, parsed, faults: parsed.faults });
  const { change } = parsed;
  // Switching off has a page of its own, which asks for the password again.
  if (current.enabled && change.enabled === false && stalePassword(page) !== null) return leadToDisable(page);
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
      return refusePolicy(page, { current, parsed, faults: saved.faults });
    case 'conflict':
      return showConflict(page, { current: saved.current, change });
    case 'would-lock-you-out':
      return refuseLockOut(page, { current, parsed, wayOut: saved.wayOut });
  }
}

async function leadToDisable({ json, res, basePath }: AdminPage): Promise<void> {
  const next = `${basePath}/disable`;
  if (json) sendRefusal(res, { because: 'password-needed', status: 401, next });
  else res.redirect(303, next);
}

/** Refused with the way out: a factor of one's own first, or a method that one can set up. */
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
  const message = sentenceFor(`${because}-${wayOut}`);
  if (page.json) {
    page.res.status(409).json({ outcome: 'rejected', because, message, wayOut, next });
    return;
  }
  const draft = { ...current, ...parsed.change };
  const faults = [{ field: 'policy', because, message }];
  await renderPolicy(page, { current, draft, faults, preview: null, status: 409 });
}

/** What saving would do. It changes nothing, so it asks for no fresh proof. */
async function showPreview(page: AdminPage): Promise<void> {
  const { context, res, act } = page;
  const current = await currentPolicy(page);
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
      return refusePolicy(page, { current, parsed, faults: preview.faults });
    case 'conflict':
      return showConflict(page, { current: preview.current, change });
    case 'previewed':
      if (page.json) {
        res.json(preview);
        return;
      }
      return renderPolicy(page, { current, draft: preview.draft, faults: [], preview, status: 200 });
  }
}
