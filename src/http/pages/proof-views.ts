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
  /** What happened, or what signing in is for: `You’re signed out.` */
  readonly notice: { readonly tone: 'good' | 'neutral' | 'attention'; readonly text: string } | null;
  /** A factor that takes the place of the name and the password, with what the browser is given for it; null where there is none. */
  readonly wayIn:
    ({ readonly kind: FactorKind; readonly template: string } & Readonly<Record<string, unknown>>) | null;
}

export interface ChallengeLocals extends WithPage, CodeLocals {
  readonly kind: FactorKind;
  readonly label: string | null;
  /** The others, without the one that is asked. */
  readonly alternatives: readonly FactorChoice[];
  readonly rememberBrowser: { readonly days: number } | null;
  /** This factor is locked until then; no field is shown, the others stay. */
  readonly lockedUntil: LockEnd | null;
  /** A link that unlocks sooner has been sent to the addresses on file. */
  readonly unlockSent: boolean;
  /** The code that was sent is too old or used up; only a new one helps. */
  readonly expired: boolean;
  /** No message went out at all. */
  readonly unsent: boolean;
  /** None went out because very many did before; there is a wait until the next. */
  readonly limited: boolean;
  /** No try is left, and nothing can be sent anew. */
  readonly exhausted: boolean;
}

export interface ChooseFactorLocals extends WithPage {
  readonly choices: readonly FactorChoice[];
  readonly error: string | null;
}

export interface StepUpLocals extends WithPage, InWizard, CodeLocals {
  /** A kind, `password` for people without a factor, or `choose` while none of several is chosen. */
  readonly method: FactorKind;
  /** What the proof is for, at the end of `to …`: `change your settings`. */
  readonly purpose: string;
  /** Of the one that is asked; null with a password or while choosing. */
  readonly authenticatorId: string | null;
  readonly label: string | null;
  readonly alternatives: readonly FactorChoice[];
  readonly lockedUntil: LockEnd | null;
  readonly expired: boolean;
  readonly unsent: boolean;
  readonly limited: boolean;
  readonly exhausted: boolean;
  /** Says that the strongest method works no more, and what takes its place; null where it works. */
  readonly unusable: string | null;
  /** Where `Cancel` leads. */
  readonly cancelPath: string | null;
}

/** What the link in the mail about a lock opens. */
export interface UnlockLocals extends WithPage {
  /** Of the link; sent along by the button. */
  readonly token: string;
}

export interface UnlockChallengeLocals extends WithPage {
  /** Null while none of several is chosen yet. */
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

/** Every page that only says something: refusals, faults, ended sessions. */
export interface MessageLocals extends WithPage {
  readonly tone: 'good' | 'attention' | 'bad' | 'neutral';
  /** What happened. */
  readonly heading: string;
  /** What to do, one sentence or two a paragraph. */
  readonly paragraphs: readonly string[];
  readonly retryAt: Moment | null;
  readonly action: { readonly label: string; readonly path: string } | null;
  readonly secondary: { readonly label: string; readonly path: string } | null;
}
