import type { Mfa } from './mfa';
import { call, verb, type RulesForCalls } from '../options/call-check';
import { USER_ID } from './argument-rules';
import {
  ADMIN_PAGES,
  CHANNEL_IF_ANY,
  CHECK,
  EVENT,
  FIRST_FACTOR_CHANNEL,
  GUARD,
  LISTENER,
  ONBOARDING,
  PASSWORD_API,
  PASSWORD_CHANGE,
  REQUEST,
  REQUIRE_STEP_UP,
  SESSIONS,
  STRATEGY,
  VERIFY,
} from './middleware-rules';
import { VERB_RULES } from './verb-rules';

/** One entry for everything that `createMfa` returns: the compiler refuses a function without rules. */
export const MFA_RULES: RulesForCalls<Mfa> = {
  ...VERB_RULES,
  events: { on: call(EVENT, LISTENER), off: call(EVENT, LISTENER), settled: verb() },
  sessions: call(SESSIONS),
  strategy: call(VERIFY, STRATEGY),
  pages: call(),
  adminPages: call(ADMIN_PAGES),
  guard: call(GUARD),
  requireStepUp: call(REQUIRE_STEP_UP),
  passwordApi: call(PASSWORD_API),
  describeSession: verb(REQUEST),
  startOnboarding: verb(REQUEST, ONBOARDING),
  recordFirstFactor: verb(REQUEST, CHANNEL_IF_ANY),
  noteFirstFactor: verb(REQUEST, FIRST_FACTOR_CHANNEL),
  recordPasswordChange: verb(USER_ID, PASSWORD_CHANGE),
  csrfToken: call(REQUEST),
  requireCsrfToken: call(),
  check: verb(CHECK),
  retryNotices: verb(),
  settled: verb(),
  close: verb(),
};
