import type { FactorKind } from '../../core/member/factor-kind';
import type { CodeLocals, FactorChoice, InWizard, LockEnd, Moment, WithPage } from '../kernel/render-page';

declare module '../kernel/render-page' {
  interface ViewLocals {
    login: LoginLocals;
    challenge: ChallengeLocals;
    'choose-factor': ChooseFactorLocals;
    'step-up': StepUpLocals;
    unlock: UnlockLocals;
    'unlock-challenge': UnlockChallengeLocals;
    message: MessageLocals;
  }
}

export interface LoginLocals extends WithPage {
  readonly username: string;
  readonly error: string | null;
  /** What happened, or why to sign in: `You’re signed out.` */
  readonly notice: { readonly tone: 'good' | 'neutral' | 'attention'; readonly text: string } | null;
  /** A factor that replaces name and password, with the data that the browser needs for it; null if there is none. */
  readonly wayIn:
    ({ readonly kind: FactorKind; readonly template: string } & Readonly<Record<string, unknown>>) | null;
}

export interface ChallengeLocals extends WithPage, CodeLocals {
  readonly kind: FactorKind;
  readonly label: string | null;
  readonly alternatives: readonly FactorChoice[];
  readonly rememberBrowser: { readonly days: number } | null;
  /** The end of the lock of this factor: no field is shown, but other factors are offered. */
  readonly lockedUntil: LockEnd | null;
  /** True if a link that ends the lock early was sent to the addresses on file. */
  readonly unlockSent: boolean;
  /** The code has expired or was used; a new one is needed. */
  readonly expired: boolean;
  readonly unsent: boolean;
  /** No message was sent because of a limit; the person has to wait. */
  readonly limited: boolean;
  /** No attempts are left, and no new code can be sent. */
  readonly exhausted: boolean;
}

export interface ChooseFactorLocals extends WithPage {
  readonly choices: readonly FactorChoice[];
  readonly error: string | null;
}

export interface StepUpLocals extends WithPage, InWizard, CodeLocals {
  /** A kind, `password` for people without a factor, or `choose` until one of several is chosen. */
  readonly method: FactorKind;
  /** The purpose of the proof, after `to …`: `change your settings`. */
  readonly purpose: string;
  /** The requested authenticator; null for a password or while choosing. */
  readonly authenticatorId: string | null;
  readonly label: string | null;
  readonly alternatives: readonly FactorChoice[];
  readonly lockedUntil: LockEnd | null;
  readonly expired: boolean;
  readonly unsent: boolean;
  readonly limited: boolean;
  readonly exhausted: boolean;
  /** Tells that the strongest method no longer works, and what replaces it; null if it works. */
  readonly unusable: string | null;
  readonly cancelPath: string | null;
}

export interface UnlockLocals extends WithPage {
  readonly token: string;
}

export interface UnlockChallengeLocals extends WithPage {
  /** Null until one of several factors is chosen. */
  readonly prompt:
    | (CodeLocals & {
        readonly kind: FactorKind;
        readonly challengeHint: { readonly authenticatorId: string };
        readonly label: string | null;
        readonly lockedUntil: LockEnd | null;
        readonly expired: boolean;
        readonly unsent: boolean;
        readonly limited: boolean;
        readonly exhausted: boolean;
      })
    | null;
  readonly alternatives: readonly FactorChoice[];
  readonly error: string | null;
}

/** A page with only a message: refusals, errors, ended sessions. */
export interface MessageLocals extends WithPage {
  readonly tone: 'good' | 'attention' | 'bad' | 'neutral';
  readonly heading: string;
  /** What to do, one or two sentences per paragraph. */
  readonly paragraphs: readonly string[];
  readonly retryAt: Moment | null;
  readonly action: { readonly label: string; readonly path: string } | null;
  readonly secondary: { readonly label: string; readonly path: string } | null;
}
