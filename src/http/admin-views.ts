import type { EnrollmentRule } from '../core/policy';
import type { EnrollableKind } from '../core/factor-kind';
import type { Moment, WithPage } from './page-locals';

export type AdminTab = 'overview' | 'policy' | 'members' | 'sessions' | 'events';
export type Tone = 'good' | 'attention' | 'bad' | 'neutral';

/** What stands above every page of one organization. */
export interface AdminHead {
  readonly organizationName: string;
  /** Path of the organization's pages, without a slash at the end. */
  readonly basePath: string;
  readonly tab: AdminTab;
  /** Null where the administrator has one organization only. */
  readonly changePath: string | null;
  /** The administrator's own settings; null where MFA is off for them. */
  readonly configurePath: string | null;
  /** Where a proof is given that changes need; null while the last one is fresh, and on pages without forms. */
  readonly confirmPath: string | null;
  readonly notice: { readonly tone: Tone; readonly text: string } | null;
}

export interface WithAdmin extends WithPage {
  readonly admin: AdminHead;
}

export interface OrganizationsLocals extends WithPage {
  readonly organizations: readonly { readonly name: string; readonly path: string }[];
}

/** A link with words, for a chip, a page or a warning. */
export interface LinkLocals {
  readonly text: string;
  readonly path: string;
}

export interface OverviewLocals extends WithAdmin {
  readonly policySentence: string;
  readonly tiles: readonly {
    readonly number: string;
    readonly text: string;
    readonly bad: boolean;
    readonly path: string | null;
  }[];
  /** Null where there is not more than one day to draw. */
  readonly chart: ChartLocals | null;
  readonly bars: readonly {
    readonly name: string;
    readonly count: string;
    /** Of all members, 0 to 100. */
    readonly percent: number;
    readonly shade: '1' | '2' | '3' | 'none';
  }[];
  readonly warnings: readonly { readonly text: string; readonly link: LinkLocals | null }[];
}

/** Lines in a field of 900 by 180. */
export interface ChartLocals {
  readonly line: string;
  readonly area: string;
  readonly dot: string;
  readonly title: string;
  readonly description: string;
  readonly axis: readonly Moment[];
  readonly span: string;
  readonly latest: string;
  readonly rows: readonly {
    readonly day: Moment;
    readonly members: string;
    readonly protectedMembers: string;
    readonly percent: string;
  }[];
}

/** A duration as it is typed: empty for none. */
export interface DurationField {
  readonly amount: string;
  readonly unit: 'minutes' | 'hours' | 'days' | 'seconds';
}

export interface PolicyFields {
  readonly version: number;
  readonly enabled: boolean;
  readonly enrollment: EnrollmentRule;
  readonly methods: readonly {
    readonly kind: EnrollableKind;
    readonly checked: boolean;
    readonly available: boolean;
  }[];
  readonly enrollAtSignUp: boolean;
  readonly backupPhone: boolean;
  readonly challengeFederated: boolean;
  /** `2026-12-15`, or empty. */
  readonly graceUntil: string;
  readonly skips: string;
  readonly rememberBrowser: DurationField;
  readonly sessionDuration: DurationField;
  readonly idleTimeout: DurationField;
}

export interface PreviewRow {
  readonly count: string;
  readonly text: string;
  readonly bad: boolean;
  readonly names: readonly LinkLocals[];
  /** Members who are not named. */
  readonly more: number;
}

export interface PreviewLocals {
  readonly rows: readonly PreviewRow[];
  readonly you: string | null;
  /** How the numbers came about where they are not counted one by one. */
  readonly estimate: string | null;
}

export interface PolicyLocals extends WithAdmin {
  readonly fields: PolicyFields;
  /** By the name of the field. */
  readonly errors: Readonly<Record<string, string>>;
  /** Whether MFA is on now: it is switched off on a page of its own. */
  readonly wasEnabled: boolean;
  readonly clientWarning: string;
  readonly preview: PreviewLocals | null;
  readonly membersPath: string;
}

export interface ConflictLocals extends WithAdmin {
  readonly rows: readonly {
    readonly rule: string;
    readonly theirs: string;
    readonly yours: string;
    readonly differs: boolean;
  }[];
  /** The fields as they were sent, to be saved on top of the newest version. */
  readonly resend: readonly { readonly name: string; readonly value: string }[];
}

export interface DisableLocals extends WithAdmin {
  readonly step: 'password' | 'choose' | 'confirm' | 'off';
  readonly error: string | null;
  readonly forgetDevices: boolean;
  readonly username: string | null;
  readonly version: number;
  readonly members: string;
  /** Members with a method of their own, and how many those have. */
  readonly people: string;
  readonly devices: string;
  /** The numbers still grow. */
  readonly counting: boolean;
}

export interface DisableProgressLocals extends WithAdmin {
  readonly running: boolean;
  readonly done: number;
  readonly total: number | null;
  readonly people: string;
  readonly devices: string;
  readonly startedAt: Moment;
  readonly finishedAt: Moment | null;
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
}

export interface EventsLocals extends WithAdmin {
  readonly names: readonly { readonly name: string; readonly text: string }[];
  readonly name: string;
  readonly user: string;
  readonly csvPath: string;
  readonly clearPath: string | null;
  readonly events: readonly EventRow[];
  readonly firstPath: string | null;
  readonly nextPath: string | null;
}

/** The templates of the administrators' pages. */
export interface AdminViewLocals {
  'admin/organizations': OrganizationsLocals;
  'admin/overview': OverviewLocals;
  'admin/policy': PolicyLocals;
  'admin/policy-conflict': ConflictLocals;
  'admin/disable': DisableLocals;
  'admin/disable-progress': DisableProgressLocals;
  'admin/members': MembersLocals;
  'admin/member': MemberLocals;
  'admin/sessions': AdminSessionsLocals;
  'admin/events': EventsLocals;
}
