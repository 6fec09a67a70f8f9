import type { LinkLocals, WithAdmin } from './admin-head';
import type { AdminSessionsLocals, EventsLocals, MemberLocals, MembersLocals } from './admin-member-views';
import type {
  ConflictLocals,
  DisableLocals,
  DisableProgressLocals,
  PolicyLocals,
} from './admin-policy-views';
import type { Moment, WithPage } from './page-locals';

export interface OrganizationsLocals extends WithPage {
  readonly organizations: readonly { readonly name: string; readonly path: string }[];
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
