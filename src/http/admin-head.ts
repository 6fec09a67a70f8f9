import type { WithPage } from './page-locals';

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
