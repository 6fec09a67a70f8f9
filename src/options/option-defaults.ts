import { GUESS_LIMITS } from '../core/member/authenticator';
import { SEND_LIMITS } from '../delivery/budgets';
import type { Allowance } from './options';
import type { EventRetention } from './report-options';

/** Ten attempts are enough for a person. Many people may share an address. */
const PER_USERNAME: Allowance = Object.freeze({ points: 10, seconds: 900 });
const PER_ADDRESS: Allowance = Object.freeze({ points: 100, seconds: 900 });
/** Most apps never reach it; a busy one raises it. */
const OVERALL: Allowance = Object.freeze({ points: 100, seconds: 60 });
const EVENTS: EventRetention = Object.freeze({ keepCount: 100_000, keepSeconds: 400 * 86_400 });

/** The defaults of the options. Durations are in seconds. */
export const OPTION_DEFAULTS = Object.freeze({
  pagesPath: '/mfa',
  adminPath: '/admin/mfa',
  defaultReturnTo: '/',
  limits: Object.freeze({ ...GUESS_LIMITS }),
  totpWindow: 1,
  codeSeconds: 300,
  pendingLoginSeconds: 600,
  smsTimeoutSeconds: 5,
  emailTimeoutSeconds: 10,
  sends: SEND_LIMITS,
  passwordThrottle: Object.freeze({ perUsername: PER_USERNAME, perAddress: PER_ADDRESS, overall: OVERALL }),
  csrfField: '_csrf',
  events: EVENTS,
  dangerouslyAllowInsecureBaseUrl: false,
  dangerouslyDisablePasswordThrottle: false,
  dangerouslyAcceptVolatileRecords: false,
  dangerouslyAllowOpener: false,
} as const);
