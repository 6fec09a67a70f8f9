import type { EnrollableKind } from '../core/factor-kind';
import type { Tone, WithAdmin } from './admin-head';
import type { DurationField } from './admin-policy-views';
import type { Moment } from './page-locals';

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
