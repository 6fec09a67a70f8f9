import type { EnrollableKind } from '../../core/member/factor-kind';
import type { MemberState } from '../../core/member/member-state';
import { dayOf } from '../kernel/moments';
import type { Moment } from '../kernel/render-page';
import type { Tone, WithAdmin } from './admin-views';
import type { DurationField } from './policy-views';
import { kindName } from './words';

declare module '../kernel/render-page' {
  interface ViewLocals {
    'admin/members': MembersLocals;
    'admin/member': MemberLocals;
    'admin/sessions': AdminSessionsLocals;
    'admin/events': EventsLocals;
  }
}

export interface StateBadge {
  readonly tone: Tone;
  readonly icon: string;
  readonly text: string;
}

export interface MemberRow {
  readonly path: string;
  readonly name: string;
  readonly email: string | null;
  readonly badges: readonly StateBadge[];
  readonly methods: string;
  readonly lastUsedAt: Moment | null;
}

export interface MembersLocals extends WithAdmin {
  readonly filters: readonly {
    readonly text: string;
    readonly count: string | null;
    readonly path: string;
    readonly chosen: boolean;
  }[];
  readonly filter: string;
  readonly query: string;
  readonly csvPath: string;
  readonly clearPath: string | null;
  readonly members: readonly MemberRow[];
  readonly firstPath: string | null;
  readonly nextPath: string | null;
  /** The index of this filter is still being filled. */
  readonly incomplete: boolean;
}

export interface EventRow {
  readonly at: Moment;
  readonly name: string;
  readonly text: string;
  readonly details: string;
  readonly who: string;
  readonly address: string | null;
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
    readonly noContact: boolean;
  };
  readonly authenticators: readonly {
    readonly kind: EnrollableKind;
    readonly label: string;
    readonly destination: string | null;
    readonly addedAt: Moment;
    readonly lastUsedAt: Moment | null;
    readonly disabled: boolean;
  }[];
  readonly settings: {
    readonly enabled: boolean;
    readonly assignedKind: EnrollableKind | null;
    readonly kinds: readonly { readonly kind: EnrollableKind; readonly note: string | null }[];
  };
  readonly exemption: {
    readonly reason: string;
    readonly grantedBy: string;
    readonly grantedAt: Moment;
    readonly until: Moment;
  } | null;
  readonly exemptionFields: { readonly reason: string; readonly until: string; readonly earliest: string };
  readonly resetReason: string;
  /** What was asked before the proof, by the last part of its path: its form is in sight. */
  readonly asked: string | null;
  readonly myself: boolean;
  readonly errors: Readonly<Record<string, string>>;
  readonly history: readonly EventRow[];
  readonly historyPath: string;
}

export interface AdminSessionsLocals extends WithAdmin {
  readonly version: number;
  readonly sessionDuration: DurationField;
  readonly idleTimeout: DurationField;
  readonly errors: Readonly<Record<string, string>>;
  /** It was asked before the proof to end every session: the button that confirms it is in sight. */
  readonly ending: boolean;
  readonly keepMine: boolean;
}

export interface EventsLocals extends WithAdmin {
  readonly names: readonly { readonly name: string; readonly text: string }[];
  readonly name: string;
  readonly user: string;
  /** The name of the member whose events these are, or what was typed. */
  readonly userName: string;
  readonly csvPath: string;
  readonly clearPath: string | null;
  readonly events: readonly EventRow[];
  readonly firstPath: string | null;
  readonly nextPath: string | null;
}

/** How a member stands, as icon and words; what needs attention comes first. */
export function stateBadges(state: MemberState): readonly StateBadge[] {
  const badges: StateBadge[] = [];
  if (state.lockedUntil !== undefined) badges.push({ tone: 'bad', icon: 'locked', text: 'Locked' });
  if (state.exemption !== undefined) badges.push({ tone: 'neutral', icon: 'clock', text: 'Exempt' });
  if (state.configured) badges.push({ tone: 'good', icon: 'good', text: 'On' });
  else if (state.federated) badges.push({ tone: 'neutral', icon: 'people', text: 'Single sign-on' });
  else if (state.exemption === undefined) {
    badges.push({ tone: 'attention', icon: 'attention', text: 'Not configured' });
  }
  if (state.inGrace) badges.push({ tone: 'neutral', icon: 'clock', text: 'In grace' });
  return badges;
}

/** What the member proves with, or why there is nothing. */
export function methodWords(state: MemberState): string {
  const { kinds, exemption, federated, inGrace, graceUntil, skipsLeft, assignedKind } = state;
  const until =
    exemption === undefined ? null : `exempt until ${dayOf(exemption.until).text} · ${exemption.reason}`;
  if (kinds.length > 0) {
    const named = kinds.map((kind) => kindName(kind)).join(', ');
    return until === null ? named : `${named} · ${until}`;
  }
  if (until !== null) return until;
  if (federated) return 'handled by the provider';
  if (inGrace) {
    const date = graceUntil === undefined ? [] : [`until ${dayOf(graceUntil).text}`];
    const count = skipsLeft === undefined ? [] : [`${skipsLeft} ${skipsLeft === 1 ? 'skip' : 'skips'} left`];
    return ['may put it off', ...date, ...count].join(', ');
  }
  return assignedKind === undefined ? '—' : `${kindName(assignedKind)} assigned, not set up yet`;
}
