import type { Moment, WithPage } from '../kernel/render-page';

declare module '../kernel/render-page' {
  interface ViewLocals {
    'admin/organizations': OrganizationsLocals;
    'admin/overview': OverviewLocals;
  }
}

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

/** A link with words, for a chip, a page or a warning. */
export interface LinkLocals {
  readonly text: string;
  readonly path: string;
}

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
