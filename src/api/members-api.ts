import { isDeepStrictEqual } from 'node:util';
import { ConfigurationError } from '../core/errors';
import type { MemberSettings } from '../core/member/member';
import type { MemberAdminAct, ProtectedElsewhere } from '../flows/admin/admin-authority';
import { describeAdoption } from '../flows/admin/adoption';
import { explainMember } from '../flows/admin/explain-member';
import {
  endMemberExemption,
  exemptMember,
  findTarget,
  resetMemberFactors,
  setMember,
  unlockMemberFactors,
  type MemberActRefused,
  type NotFound,
} from '../flows/admin/member-acts';
import { findMemberDetail } from '../flows/admin/member-detail';
import { listMembers } from '../flows/admin/member-list';
import type { AdministratorsOf, FlowContext } from '../flows/context/context';
import { remindMember } from '../flows/admin/remind-member';
import { requireUserList } from '../http/admin/admin-options';
import { createBulkApi } from './bulk-api';
import { findMemberAccount, idText, resolveActor } from './host-actor';
import type { MemberListRequest, MemberName, MemberSettingsChange, MembersApi } from './programmatic-api';

/** Functions of the host. */
export interface HostParts {
  readonly administratorsOf: AdministratorsOf;
  readonly users: { readonly list?: unknown };
}

/** Members listed at a time by default. */
const PAGE = 50;

export function createMembersApi(context: FlowContext, { administratorsOf, users }: HostParts): MembersApi {
  async function actOn(member: MemberName): Promise<MemberAdminAct | null> {
    const named = await resolveMember(context, member);
    if (named === null) return null;
    const actor = await resolveActor(context, member.actorId);
    return { ...named, actor, origin: null, administratorsOf };
  }

  return {
    ...createBulkApi(context),
    async get(member) {
      const named = await resolveMember(context, member);
      const found = named === null ? null : await findTarget(context, named);
      return found === null ? null : found.record.settings;
    },
    async list({
      organizationId = 'default',
      filter = 'all',
      limit = PAGE,
      ...rest
    }: MemberListRequest = {}) {
      requireUserList(users);
      return listMembers(context, { organizationId: idText(organizationId), filter, limit, ...rest });
    },
    async save(member, settings) {
      const { enabled, assignedKind = null } = settings;
      const act = await actOn(member);
      if (act === null) return NOT_FOUND;
      if (settings.skipsUsed !== undefined || settings.exemption !== undefined) {
        const found = await findTarget(context, act);
        if (found === null) return NOT_FOUND;
        requireUnchanged(found.record.settings, settings);
      }
      return valueOf('members.save', await setMember(context, { ...act, enabled, assignedKind }));
    },
    async exempt(member, { reason, until }) {
      const act = await actOn(member);
      if (act === null) return NOT_FOUND;
      return valueOf('members.exempt', await exemptMember(context, { ...act, reason, until }));
    },
    async remind(member) {
      const act = await actOn(member);
      return act === null ? NOT_FOUND : remindMember(context, act);
    },
    async endExemption(member, { reason } = {}) {
      const act = await actOn(member);
      return act === null ? NOT_FOUND : endMemberExemption(context, { ...act, reason });
    },
    async reset(member, { reason, everywhere = false }) {
      const act = await actOn(member);
      if (act === null) return NOT_FOUND;
      const result = await resetMemberFactors(context, { ...act, reason, everywhere });
      return isProtectedElsewhere(result) ? result : valueOf('members.reset', result);
    },
    async unlock(member, { everywhere = false, reason } = {}) {
      const act = await actOn(member);
      return act === null ? NOT_FOUND : unlockMemberFactors(context, { ...act, everywhere, reason });
    },
    async describe(member) {
      const named = await resolveMember(context, member);
      const found = named === null ? null : await findMemberDetail(context, named);
      return found?.outcome === 'found' ? found.member : null;
    },
    async explain(member, { maxAgeSeconds } = {}) {
      const named = await resolveMember(context, member);
      if (named === null) return null;
      const requirement =
        maxAgeSeconds === undefined
          ? ({ kind: 'policy' } as const)
          : ({ kind: 'step-up', maxAgeSeconds } as const);
      return explainMember(context, { ...named, requirement });
    },
    async report({ organizationId: hostId = 'default' } = {}) {
      requireUserList(users);
      const organizationId = idText(hostId);
      const administrators = await administratorsOf(organizationId);
      return describeAdoption(context, { organizationId, administrators });
    },
  };
}

const NOT_FOUND: NotFound = { outcome: 'not-found' };

/** Null if no organization is named and the user table does not know the person. */
async function resolveMember(
  context: FlowContext,
  { userId: hostId, organizationId }: MemberName,
): Promise<Pick<MemberAdminAct, 'userId' | 'organizationId'> | null> {
  const userId = idText(hostId);
  if (organizationId !== undefined) return { userId, organizationId: idText(organizationId) };
  const account = await findMemberAccount(context, { userId });
  return account === null ? null : { userId, organizationId: account.organizationId };
}

/** The result of `get` can be passed to `save`, but changes to fields that `save` does not write are refused. */
function requireUnchanged(stored: MemberSettings, given: MemberSettingsChange): void {
  const names = ['skipsUsed', 'exemption'] as const;
  const changed = names.find(
    (name) => given[name] !== undefined && !isDeepStrictEqual(given[name], stored[name]),
  );
  if (changed === undefined) return;
  const instead = changed === 'exemption' ? ', and write members.exempt or members.endExemption' : '';
  throw new ConfigurationError(
    `members.save.settings.${changed}`,
    `it differs from the stored value, and this call does not change it. Leave it out${instead}.`,
    { because: 'read-only' },
  );
}

const REFUSALS: Readonly<Record<MemberActRefused['because'], readonly [argument: string, message: string]>> =
  {
    'kind-not-allowed': [
      'settings.assignedKind',
      'the policy of the organization does not allow this kind, or this app has no sender for it. Assign another kind, or null for any, or change `methods` of the policy first.',
    ],
    'not-yourself': [
      'member.actorId',
      'an actor cannot disable MFA for themselves or exempt themselves. Name another actor, or leave it out if your own code decides.',
    ],
    'reason-missing': ['reason', 'it is empty. Write a reason.'],
    'end-not-in-future': [
      'exemption.until',
      'it is not in the future. Write epoch milliseconds, such as Date.now() + 30 * 86_400_000.',
    ],
    'end-too-far': [
      'exemption.until',
      'it is more than ten years ahead. Write an earlier end; it can be extended.',
    ],
  };

/** A result instead of an error, because the caller cannot know it before the call. */
function isProtectedElsewhere(result: {
  readonly outcome: string;
  readonly because?: string;
}): result is ProtectedElsewhere {
  return result.because === 'protected-elsewhere';
}

function valueOf<Done>(verb: string, result: Done | MemberActRefused): Done {
  if (!isRefused(result)) return result;
  const { because } = result;
  const [argument, message] = REFUSALS[because];
  throw new ConfigurationError(`${verb}.${argument}`, message, { because });
}

function isRefused(result: unknown): result is MemberActRefused {
  return typeof result === 'object' && result !== null && Reflect.get(result, 'outcome') === 'refused';
}
