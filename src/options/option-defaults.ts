import { GUESS_LIMITS } from '../core/member/authenticator';
import { SEND_LIMITS } from '../delivery/budgets';
import type { Allowance, EventRetention } from './options';

/** Ten tries are enough for a person; an address may be shared by many. */
const PER_USERNAME: Allowance = Object.freeze({ points: 10, seconds: 900 });
const PER_ADDRESS: Allowance = Object.freeze({ points: 100, seconds: 900 });
/** A busy app has more, and says so; most never see as many. */
const OVERALL: Allowance = Object.freeze({ points: 100, seconds: 60 });
const EVENTS: EventRetention = Object.freeze({ keepCount: 100_000, keepSeconds: 400 * 86_400 });

/** What an option is when it is left out. Durations are seconds. */
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
