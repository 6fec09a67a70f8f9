/** What each mail template is given, by its name below `views/email/`. Each has a `.text.ejs` and a `.html.ejs`. */
export interface EmailLocals {
  code: CodeEmailLocals;
  'factor-changed': FactorChangedEmailLocals;
  locked: LockedEmailLocals;
  'recovery-code-used': RecoveryCodeUsedEmailLocals;
  notice: NoticeEmailLocals;
}

export type EmailName = keyof EmailLocals;

/** What every mail says at its end: what it is about, when, from where. */
export interface MailLocals {
  readonly issuer: string;
  /** Host name of the site, `portal.example.com`. */
  readonly site: string;
  /** Whose account; null where the address says enough. */
  readonly account: string | null;
  /** `22 Nov 2026, 14:32 UTC` */
  readonly at: string;
  /** Where the request came from; null for what nobody's browser asked for. */
  readonly origin: { readonly browser: string; readonly address: string } | null;
}

export interface CodeEmailLocals {
  readonly mail: MailLocals;
  readonly code: string;
  /** `5 minutes` */
  readonly validFor: string;
  readonly purpose: 'sign-in' | 'enrollment' | 'step-up';
  readonly fallbackFrom: 'sms' | null;
}

export interface FactorChangedEmailLocals {
  readonly mail: MailLocals;
  readonly change: 'added' | 'removed' | 'replaced' | 'recovery-codes-issued' | 'reset-by-administrator';
  /** At the start of a sentence: `The authenticator app “Work phone”`. Not read for codes and resets. */
  readonly method: string;
}

export interface LockedEmailLocals {
  readonly mail: MailLocals;
  readonly lockedUntil: string;
  /** Leads to a page that asks for the second factor; never signs anybody in. */
  readonly unlockUrl: string | null;
}

export interface RecoveryCodeUsedEmailLocals {
  readonly mail: MailLocals;
  readonly left: number;
}

/** Any other event that an owner or an administrator should know of. */
export interface NoticeEmailLocals {
  readonly mail: MailLocals;
  /** Subject and heading. */
  readonly heading: string;
  readonly paragraphs: readonly string[];
}
