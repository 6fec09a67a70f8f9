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
   * `assigned`: an administrator chose the one method. `outdated`: what the person has is not allowed any more. `settings`: the
   * person came from there to add one. `administrator`: the pages of an organization with MFA on ask for one.
   */
  readonly because:
    'required' | 'offered' | 'assigned' | 'outdated' | 'stronger' | 'settings' | 'administrator';
  readonly methods: readonly FactorKind[];
  /** A page of the host's asks for a factor that the person does not have. */
  readonly needed: boolean;
  /** Null where enrollment cannot be put off. */
  readonly skip: { readonly until: Moment | null; readonly skipsLeft: number | null } | null;
  readonly error: string | null;
}

export interface EnrollSecretLocals extends WithPage, InWizard {
  readonly kind: FactorKind;
  /** What the factor's own template is given. */
  readonly shown: Readonly<Record<string, unknown>>;
  readonly error: string | null;
  readonly clockIsOff: boolean;
  /** Asks for a name, with this in the field. */
  readonly suggestedLabel: string | null;
  readonly offerEndOthers: boolean;
  readonly cancelPath: string | null;
}

/** What is needed before it can be set up, such as an app on the phone. */
export interface EnrollBeforeLocals extends WithPage, InWizard {
  readonly kind: FactorKind;
  readonly cancelPath: string | null;
}

export interface EnrollPhoneLocals extends WithPage, InWizard {
  readonly kind: FactorKind;
  readonly phone: string;
  /** `+44 20 7946 0018`, in the country that is guessed. */
  readonly example: string;
  readonly error: string | null;
  /** `backup`: the step of the app's wizard that helps with a lost phone. */
  readonly purpose: 'factor' | 'backup';
  /** The number that this one takes the place of once it is proven. */
  readonly replaces: { readonly authenticatorId: string; readonly destination: string } | null;
  /** The country code was added to what was typed, and is to be checked before a code goes there. */
  readonly confirm: boolean;
  readonly cancelPath: string | null;
  /** Where the form goes that leaves the backup phone out; null where the number is the method. */
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
  /** Back to the form for the number or address; null where it is fixed. */
  readonly changePath: string | null;
  readonly suggestedLabel: string | null;
  readonly offerEndOthers: boolean;
}

export interface RecoveryCodesLocals extends WithPage, InWizard {
  /** As they are typed, each with its number in front. Null once they have been acknowledged or were never made. */
  readonly codes: readonly string[] | null;
  /** Day they were made, for the printed sheet. */
  readonly createdAt: Moment;
  /** A new set took the place of an older one. */
  readonly replacesOlder: boolean;
  /** A POST route that answers the same codes as a text file; null leaves saving to the script and to printing. */
  readonly downloadPath: string | null;
  readonly error: string | null;
}

export interface DoneLocals extends WithPage, InWizard {
  readonly kind: FactorKind;
  readonly destination: string | null;
  /** The masked addresses that were told. */
  readonly notified: readonly string[];
  readonly continuePath: string;
}
