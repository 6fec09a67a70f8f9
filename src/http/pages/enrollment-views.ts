import type { FactorKind } from '../../core/member/factor-kind';
import type { CodeLocals, InWizard, Moment, WithPage } from '../kernel/render-page';

declare module '../kernel/render-page' {
  interface ViewLocals {
    enroll: EnrollLocals;
    'enroll-before': EnrollBeforeLocals;
    'enroll-secret': EnrollSecretLocals;
    'enroll-phone': EnrollPhoneLocals;
    'enroll-email': EnrollEmailLocals;
    'enroll-code': EnrollCodeLocals;
    'recovery-codes': RecoveryCodesLocals;
    done: DoneLocals;
  }
}

export interface EnrollLocals extends WithPage, InWizard {
  /**
   * `assigned`: an administrator chose the method. `outdated`: the person's method is no longer allowed. `settings`: the person
   * came from the settings to add a method. `administrator`: the administrators' pages of an organization with MFA on require a
   * method.
   */
  readonly because:
    'required' | 'offered' | 'assigned' | 'outdated' | 'stronger' | 'settings' | 'administrator';
  readonly methods: readonly FactorKind[];
  /** True if a page of the host requires a factor and the person has none. */
  readonly needed: boolean;
  /** Null if enrollment cannot be postponed. */
  readonly skip: { readonly until: Moment | null; readonly skipsLeft: number | null } | null;
  readonly error: string | null;
}

export interface EnrollSecretLocals extends WithPage, InWizard {
  readonly kind: FactorKind;
  /** The locals of the factor's own template. */
  readonly shown: Readonly<Record<string, unknown>>;
  readonly error: string | null;
  readonly clockIsOff: boolean;
  /** The suggested name; null if the form does not ask for a name. */
  readonly suggestedLabel: string | null;
  readonly offerEndOthers: boolean;
  readonly cancelPath: string | null;
}

/** The page before setup, with what is needed for it, such as an app on the phone. */
export interface EnrollBeforeLocals extends WithPage, InWizard {
  readonly kind: FactorKind;
  readonly cancelPath: string | null;
}

export interface EnrollPhoneLocals extends WithPage, InWizard {
  readonly kind: FactorKind;
  readonly phone: string;
  /** `+44 20 7946 0018`, for the guessed country. */
  readonly example: string;
  readonly error: string | null;
  /** `backup`: the step of the wizard that adds a phone for when the app is lost. */
  readonly purpose: 'factor' | 'backup';
  /** The authenticator that the new number replaces once it is proven. */
  readonly replaces: { readonly authenticatorId: string; readonly destination: string } | null;
  /** True if we added the country code: the person has to confirm the number before a code is sent. */
  readonly confirm: boolean;
  readonly cancelPath: string | null;
  /** The action of the form that skips the backup phone; null if the number itself is the method. */
  readonly skipPath: string | null;
}

export interface EnrollEmailLocals extends WithPage, InWizard {
  readonly kind: FactorKind;
  readonly email: string;
  readonly error: string | null;
  readonly cancelPath: string | null;
}

export interface EnrollCodeLocals extends WithPage, InWizard, CodeLocals {
  readonly kind: FactorKind;
  /** Back to the form for the number or address; null if it cannot be changed. */
  readonly changePath: string | null;
  readonly suggestedLabel: string | null;
  readonly offerEndOthers: boolean;
}

export interface RecoveryCodesLocals extends WithPage, InWizard {
  /** As they are typed, each preceded by its number. Null if they were acknowledged, or never created. */
  readonly codes: readonly string[] | null;
  /** The day they were created, for the printed sheet. */
  readonly createdAt: Moment;
  readonly replacesOlder: boolean;
  /** A POST route that returns the codes as a text file; if null, they can only be saved by the script or printed. */
  readonly downloadPath: string | null;
  readonly error: string | null;
}

export interface DoneLocals extends WithPage, InWizard {
  readonly kind: FactorKind;
  readonly destination: string | null;
  /** The masked addresses that were notified. */
  readonly notified: readonly string[];
  readonly continuePath: string;
}
