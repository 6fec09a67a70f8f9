import { MfaError } from '../../core/errors';
import type { FactorKind } from '../../core/member/factor-kind';
import { labelIn } from '../../factors/factor-words';
import { ENROLLABLE_KINDS } from '../../factors/find-factor';
import { findMemberDetail, type MemberDetail } from '../../flows/admin/member-detail';
import { methodList } from '../kernel/language';
import { show } from '../kernel/page-route';
import type { Moment } from '../kernel/render-page';
import { fieldOf, textField } from '../kernel/request';
import { adminHead, pathWith, type WithAdmin } from './admin-page';
import { pathParameter, sentForm, type AdminPage } from './admin-route';
import { foldSignIns, type EventStory } from './event-stories';
import type { EventRow } from './event-words';
import { dayField, parseSwitch } from './form-fields';
import { memberPath } from './members';
import { methodWords, stateBadges, type StateBadge } from './words';

declare module '../kernel/render-page' {
  interface ViewLocals {
    'admin/member': MemberLocals;
  }
}

const DAY_MS = 86_400_000;

/** The member of the path. Unknown members and members of other organizations both answer 404. */
export async function findMemberOf(page: AdminPage): Promise<MemberDetail> {
  const userId = pathParameter(page, 'userId');
  const found = await findMemberDetail(page.context, { organizationId: page.organization.id, userId });
  if (found.outcome === 'not-found') throw new MfaError('not-found', 'There is nothing here.');
  return found.member;
}

export async function showMember(page: AdminPage): Promise<void> {
  const member = await findMemberOf(page);
  if (page.json) {
    page.res.json({ member });
    return;
  }
  await renderMember(page, { member, errors: {}, status: 200 });
}

export async function renderMember(
  page: AdminPage,
  shown: {
    readonly member: MemberDetail;
    readonly errors: Readonly<Record<string, string>>;
    readonly status: number;
  },
): Promise<void> {
  const { member, errors, status } = shown;
  const { identity, basePath, kept, translator } = page;
  await show(
    page,
    'admin/member',
    {
      admin: adminHead(page, 'members', true),
      member: summary(page, member),
      lock: lock(page, member),
      authenticators: member.authenticators.map((one) => ({
        kind: one.kind,
        label: labelIn(translator, one),
        destination: one.destination ?? null,
        addedAt: translator.moment(one.createdAt),
        lastUsedAt: one.lastUsedAt === null ? null : translator.moment(one.lastUsedAt),
        disabled: one.disabledAt !== null,
      })),
      settings: settings(page, member),
      exemption: await exemption(page, member),
      exemptionFields: exemptionFields(page, member),
      resetReason: kept?.act === 'reset' ? textField(kept.fields, 'reason') : '',
      asked: kept?.act ?? null,
      myself: member.id === identity.account.id,
      errors,
      history: foldSignIns(translator, member.history, {
        span: { from: member.history.at(-1)?.at ?? null, to: null },
        now: page.gathered.now,
        loginMs: page.context.options.pendingLoginSeconds * 1000,
      }),
      historyPath: pathWith(`${basePath}/events`, { user: member.id }),
    },
    status,
  );
}

function summary(page: AdminPage, member: MemberDetail): MemberLocals['member'] {
  const { translator } = page;
  const { mfa, lastUsedAt } = member;
  return {
    path: memberPath(page, member.id),
    name: member.name,
    email: member.email ?? null,
    badges: stateBadges(translator, mfa),
    methods: methodWords(translator, mfa),
    federated: mfa.federated,
    lockedUntil: mfa.lockedUntil === undefined ? null : translator.moment(mfa.lockedUntil),
    recoveryCodesLeft: member.recoveryCodesLeft,
    lastUsedAt: lastUsedAt === null ? null : translator.moment(lastUsedAt),
    sessions: member.sessions,
    remindable:
      !mfa.configured && !mfa.federated && mfa.exemption === undefined && member.email !== undefined,
    noContact: mfa.noUsableContact && !mfa.configured && !mfa.federated,
  };
}

/** The most addresses to name in the sentence. The events list all of them. */
const MOST_ADDRESSES = 3;

function lock({ context, basePath, translator }: AdminPage, member: MemberDetail): MemberLocals['lock'] {
  if (member.lock === undefined) return null;
  const { since, until, guesses, firstGuessAt, kinds, addresses } = member.lock;
  const others = addresses.length - MOST_ADDRESSES;
  const named = addresses.length === 0 ? [translator.t('admin.member.lock.unknownAddress')] : addresses;
  const shown = named.slice(0, MOST_ADDRESSES);
  // The sign-ins with these guesses may have begun up to this much earlier, and may end this much later.
  const loginMs = context.options.pendingLoginSeconds * 1000;
  return {
    since: translator.moment(since),
    until: translator.moment(until),
    guesses,
    methods: methodList(translator, kinds),
    addresses: translator.list(
      others > 0 ? [...shown, translator.t('admin.member.lock.others', { count: others })] : shown,
    ),
    eventsPath: pathWith(`${basePath}/events`, {
      user: member.id,
      from: new Date(firstGuessAt - loginMs).toISOString(),
      to: new Date(since + loginMs).toISOString(),
    }),
  };
}

/** The assigned method stays in the list, even when the policy no longer allows it. */
function settings({ kept }: AdminPage, member: MemberDetail): MemberLocals['settings'] {
  const { settings: stored, assignableKinds } = member;
  const kinds = ENROLLABLE_KINDS.filter(
    (kind) => assignableKinds.includes(kind) || kind === stored.assignedKind,
  );
  const sent = kept?.act === 'settings' ? kept.fields : null;
  const chosen = kinds.find((kind) => kind === sent?.['assignedKind']) ?? null;
  return {
    enabled: sent === null ? stored.enabled : parseSwitch(sent, 'enabled') === true,
    assignedKind: sent === null ? stored.assignedKind : chosen,
    kinds: kinds.map((kind) => ({ kind, allowed: assignableKinds.includes(kind) })),
  };
}

async function exemption(
  { context, translator }: AdminPage,
  { mfa }: MemberDetail,
): Promise<MemberLocals['exemption']> {
  if (mfa.exemption === undefined) return null;
  const { reason, grantedBy, grantedAt, until } = mfa.exemption;
  const people = await context.directory.findMany([grantedBy]);
  return {
    reason,
    grantedBy: people.get(grantedBy)?.name ?? grantedBy,
    grantedAt: translator.moment(grantedAt),
    until: translator.moment(until),
  };
}

function exemptionFields(page: AdminPage, { mfa }: MemberDetail): MemberLocals['exemptionFields'] {
  const body = sentForm(page);
  // Only the exemption form has an end, so a reason without one belongs to another form.
  const sent = fieldOf(body, 'until') !== undefined;
  return {
    reason: sent ? textField(body, 'reason').slice(0, 500) : (mfa.exemption?.reason ?? ''),
    until: sent ? textField(body, 'until').slice(0, 40) : dayField(mfa.exemption?.until ?? null),
    earliest: dayField(page.gathered.now + DAY_MS),
  };
}
export interface MemberLocals extends WithAdmin {
  readonly member: {
    readonly path: string;
    readonly name: string;
    readonly email: string | null;
    readonly badges: readonly StateBadge[];
    readonly methods: string;
    readonly federated: boolean;
    readonly lockedUntil: Moment | null;
    readonly recoveryCodesLeft: number;
    readonly lastUsedAt: Moment | null;
    readonly sessions: number;
    /** True if no method is set up and there is an email address for a reminder. */
    readonly remindable: boolean;
    readonly noContact: boolean;
  };
  /** Why the member is locked out; null if there is no lock, or if the events do not tell. */
  readonly lock: {
    readonly since: Moment;
    readonly until: Moment;
    readonly guesses: number;
    readonly methods: string;
    readonly addresses: string;
    readonly eventsPath: string;
  } | null;
  readonly authenticators: readonly {
    readonly kind: FactorKind;
    readonly label: string;
    readonly destination: string | null;
    readonly addedAt: Moment;
    readonly lastUsedAt: Moment | null;
    readonly disabled: boolean;
  }[];
  readonly settings: {
    readonly enabled: boolean;
    readonly assignedKind: FactorKind | null;
    readonly kinds: readonly { readonly kind: FactorKind; readonly allowed: boolean }[];
  };
  readonly exemption: {
    readonly reason: string;
    readonly grantedBy: string;
    readonly grantedAt: Moment;
    readonly until: Moment;
  } | null;
  readonly exemptionFields: { readonly reason: string; readonly until: string; readonly earliest: string };
  readonly resetReason: string;
  /** The last part of the path of the form that was submitted before the proof. The page opens at that form. */
  readonly asked: string | null;
  readonly myself: boolean;
  readonly errors: Readonly<Record<string, string>>;
  readonly history: readonly (EventRow | EventStory)[];
  readonly historyPath: string;
}
