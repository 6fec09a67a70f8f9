import type { AdminViewLocals } from './admin-views';
import type { SessionsLocals, SettingsLocals } from './account-views';
import type {
  DoneLocals,
  EnrollAppInstallLocals,
  EnrollAppLocals,
  EnrollCodeLocals,
  EnrollEmailLocals,
  EnrollLocals,
  EnrollPhoneLocals,
  RecoveryCodesLocals,
} from './enrollment-views';
import type {
  ChallengeLocals,
  ChooseFactorLocals,
  LoginLocals,
  MessageLocals,
  StepUpLocals,
  UnlockChallengeLocals,
  UnlockLocals,
} from './proof-views';

/**
 * What each page template is given: one entry a template, named by its path below `views/` without the extension.
 * Whatever may be absent is `null` rather than optional, so that a forgotten value is a compile error and not an empty spot.
 * Templates escape everything; masking of addresses happens before they are called.
 */
export interface ViewLocals extends AdminViewLocals {
  login: LoginLocals;
  challenge: ChallengeLocals;
  'choose-factor': ChooseFactorLocals;
  'step-up': StepUpLocals;
  enroll: EnrollLocals;
  'enroll-app-install': EnrollAppInstallLocals;
  'enroll-app': EnrollAppLocals;
  'enroll-phone': EnrollPhoneLocals;
  'enroll-email': EnrollEmailLocals;
  'enroll-code': EnrollCodeLocals;
  'recovery-codes': RecoveryCodesLocals;
  done: DoneLocals;
  settings: SettingsLocals;
  sessions: SessionsLocals;
  unlock: UnlockLocals;
  'unlock-challenge': UnlockChallengeLocals;
  message: MessageLocals;
}

export type ViewName = keyof ViewLocals;
