import type { EnrollableKind } from '../../core/member/factor-kind';
import type { EnrollmentRule } from '../../core/policy/policy';
import type { Moment } from '../kernel/render-page';
import type { LinkLocals, WithAdmin } from './admin-views';

declare module '../kernel/render-page' {
  interface ViewLocals {
    'admin/policy': PolicyLocals;
    'admin/policy-conflict': ConflictLocals;
    'admin/disable': DisableLocals;
    'admin/disable-progress': DisableProgressLocals;
  }
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
  readonly smsFallback: boolean;
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
  /** What becomes of a text message that cannot be sent; null where none is. */
  readonly fallback: string | null;
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
