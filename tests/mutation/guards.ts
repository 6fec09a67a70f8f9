/** A guard outside core/, what stands there when it is taken out, and the tests that must notice. */
export interface Guard {
  readonly name: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly tests: readonly string[];
}

const threats = (...names: readonly string[]) =>
  names.map((name) => `tests/integration/threats/${name}.test.ts`);
const mainJob = (...names: readonly string[]) =>
  names.map((name) => `tests/integration/main-job/${name}.test.ts`);
const redisStores = ['tests/contract/redis-stores.test.ts'];

const FLOWS: readonly Guard[] = [
  {
    name: 'answers are refused before they are judged',
    file: 'src/flows/answer-challenge.ts',
    from: '  if (refused !== null) {',
    to: '  if (refused !== null && attempt.outcome !== "spent") {',
    tests: threats('guessing'),
  },
  {
    name: 'a locked person is refused',
    file: 'src/flows/answer-challenge.ts',
    from: "if (guess.outcome === 'locked') {",
    to: 'if (false) {',
    tests: threats('guessing'),
  },
  {
    name: 'a disabled authenticator is refused',
    file: 'src/flows/answer-challenge.ts',
    from: "if (guess.outcome === 'disabled')",
    to: 'if (false)',
    tests: threats('guessing'),
  },
  {
    name: 'a challenge without attempts left is refused',
    file: 'src/flows/answer-challenge.ts',
    from: "if (attempt.outcome === 'exhausted')",
    to: 'if (false)',
    tests: threats('guessing'),
  },
  {
    name: 'an ended login answers nothing',
    file: 'src/flows/answer-challenge.ts',
    from: "if (standing === 'ended')",
    to: 'if (false)',
    tests: [...mainJob('session-ends', 'login'), ...threats('guessing')],
  },
  {
    name: 'a factor that is no longer offered is refused',
    file: 'src/flows/answer-challenge.ts',
    from: 'if (replaced || !isStillOffered(gathered, asked))',
    to: 'if (replaced)',
    tests: threats('replayed-codes'),
  },
  {
    name: 'a proof is used up before it counts',
    file: 'src/flows/answer-challenge.ts',
    from: 'if (!(await factor.accept(trial, verification.proof))) {',
    to: 'if (false) {',
    tests: threats('replayed-codes'),
  },
  {
    name: 'the challenge was asked for this purpose',
    file: 'src/flows/answer-challenge.ts',
    from: 'if (asked === null || asked.purpose !== purpose)',
    to: 'if (asked === null)',
    tests: threats('replayed-codes', 'pending-session'),
  },
  {
    name: 'enrollment only where the decision lets in or leads there',
    file: 'src/flows/may-enroll.ts',
    from: "if (decision.outcome !== 'allow' && decision.outcome !== 'enroll') return { outcome: 'refused', decision };",
    to: '',
    tests: threats('enrollment-hijack'),
  },
  {
    name: 'enrollment in a session only after a fresh proof',
    file: 'src/flows/may-enroll.ts',
    from: "if (proof.outcome !== 'allow' && proof.outcome !== 'enroll') return { outcome: 'refused', decision: proof };",
    to: '',
    tests: [
      ...threats('enrollment-hijack', 'removal-without-proof'),
      'tests/integration/settings/authenticators.test.ts',
    ],
  },
  {
    name: 'an enrollment is confirmed where it may be made',
    file: 'src/flows/confirm-enrollment.ts',
    from: "if (leave.outcome !== 'may-enroll' || !(leave.kinds.includes(kind) || isBackupPhone)) {",
    to: 'if (false) {',
    tests: [...threats('enrollment-hijack', 'contact-takeover'), ...mainJob('enrollment')],
  },
  {
    name: 'an enrollment confirms the kind it was begun with',
    file: 'src/flows/confirm-enrollment.ts',
    from: "if (attempt.outcome === 'missing' || attempt.challenge.kind !== kind) {",
    to: "if (attempt.outcome === 'missing') {",
    tests: [...threats('contact-takeover', 'replayed-codes'), ...mainJob('enrollment')],
  },
  {
    name: 'the code of an enrollment is used up',
    file: 'src/flows/confirm-enrollment.ts',
    from: 'if (!(await factor.accept(trial, verification.proof)))',
    to: 'if (false)',
    tests: [...threats('raced-codes', 'replayed-codes'), ...mainJob('enrollment')],
  },
  {
    name: 'new codes for a first authenticator whatever was left behind',
    file: 'src/flows/confirm-enrollment.ts',
    from: 'first || member.recoveryCodesLeft === 0 ?',
    to: 'member.recoveryCodesLeft === 0 ?',
    tests: ['tests/integration/faults/crash-in-enrollment.test.ts'],
  },
  {
    name: 'a skip only where the decision says so',
    file: 'src/flows/skip-enrollment.ts',
    from: "if (bearer.standing !== 'session' || decision.outcome !== 'enroll' || !decision.skippable)",
    to: 'if (false)',
    tests: mainJob('policy'),
  },
  {
    name: 'a skip only while there are some',
    file: 'src/flows/skip-enrollment.ts',
    from: "if (spent.outcome === 'exhausted') return { outcome: 'refused' };",
    to: "if (spent.outcome === 'exhausted') return { outcome: 'skipped', skipsUsed: 0 };",
    tests: mainJob('policy'),
  },
  {
    name: 'epochs that differ end a session',
    file: 'src/flows/gather-facts.ts',
    from: 'found.active && areEpochsCurrent(bearer.epochs, epochs)',
    to: 'found.active',
    tests: mainJob('login', 'session-ends'),
  },
  {
    name: 'a disabled account has no session',
    file: 'src/flows/gather-facts.ts',
    from: 'found.active && areEpochsCurrent(bearer.epochs, epochs)',
    to: 'areEpochsCurrent(bearer.epochs, epochs)',
    tests: mainJob('policy'),
  },
  {
    name: 'a secret without its key proves nothing',
    file: 'src/flows/gather-facts.ts',
    from: 'disabledAt === null && isSealKeyKnown(context.keyRing, sealedSecret)',
    to: 'disabledAt === null',
    tests: ['tests/integration/keys/rotation.test.ts'],
  },
  {
    name: 'codes are sent within the budgets only',
    file: 'src/flows/spend-send.ts',
    from: "if (spent.outcome === 'spent') return { outcome: 'spent' };",
    to: "return { outcome: 'spent' };",
    tests: threats('toll-fraud'),
  },
  {
    name: 'text messages to allowed countries only',
    file: 'src/flows/spend-send.ts',
    from: "if (send.kind === 'sms' && !isCountryAllowed(context, send.destination)) {",
    to: 'if (false) {',
    tests: threats('toll-fraud'),
  },
  {
    name: 'no fallback to email for whom codes were sent too often',
    file: 'src/flows/spend-send.ts',
    from: " && spent.because !== 'send-limit'",
    to: '',
    tests: threats('toll-fraud'),
  },
  {
    name: 'a re-sealed secret is the one that was read',
    file: 'src/flows/reseal-all.ts',
    from: "if (opened.outcome === 'unreadable') {",
    to: 'if (false) {',
    tests: ['tests/integration/keys/rotation.test.ts'],
  },
  {
    name: 'an administrator has a session',
    file: 'src/flows/admin/admin-authority.ts',
    from: "if (standing.outcome !== 'allow') return { outcome: 'refused', decision: standing };",
    to: '',
    tests: [
      'tests/integration/admin/who-may.test.ts',
      'tests/integration/admin-flows/admin-authority.test.ts',
    ],
  },
  {
    name: 'an administrator changes only after a fresh proof',
    file: 'src/flows/admin/admin-authority.ts',
    from: "return decision.outcome === 'allow'\n    ?",
    to: 'return true\n    ?',
    tests: ['tests/integration/admin/who-may.test.ts'],
  },
];

const FACTORS: readonly Guard[] = [
  {
    name: 'a sent code is over at its end',
    file: 'src/factors/delivered-code-factor.ts',
    from: 'if (now >= challenge.expiresAt)',
    to: 'if (false)',
    tests: ['tests/unit/factors/delivered-code-factor.test.ts'],
  },
  {
    name: 'a code of a factor that was removed is nothing',
    file: 'src/factors/delivered-code-factor.ts',
    from: '        isStillThere(attempt) &&\n',
    to: '',
    tests: ['tests/unit/factors/delivered-code-factor.test.ts'],
  },
  {
    name: 'a time step is accepted once',
    file: 'src/factors/totp-factor.ts',
    from: 'if (!accepted || !consumed) return false;',
    to: 'if (!consumed) return false;',
    tests: ['tests/unit/factors/totp-factor.test.ts'],
  },
  {
    name: 'a challenge of an app is used up',
    file: 'src/factors/totp-factor.ts',
    from: 'if (!accepted || !consumed) return false;',
    to: 'if (!accepted) return false;',
    tests: ['tests/unit/factors/totp-factor.test.ts'],
  },
  {
    name: 'a challenge of a recovery code is used up',
    file: 'src/factors/recovery-code-factor.ts',
    from: 'if (!(await state.consumeChallenge(challenge, challenge.id))) return false;',
    to: '',
    tests: ['tests/unit/factors/recovery-code-factor.test.ts'],
  },
];

const HTTP: readonly Guard[] = [
  {
    name: 'the guard lets through what is allowed only',
    file: 'src/http/guard.ts',
    from: "  if (decision.outcome === 'allow') return next();\n  await refuseRequest",
    to: "  if (decision.outcome !== 'deny') return next();\n  await refuseRequest",
    tests: threats('pending-session', 'crawl/half-logins'),
  },
  {
    name: 'half a login is no session',
    file: 'src/http/guard.ts',
    from: "visitor.kind === 'known' && visitor.bearer.standing === 'session'",
    to: "visitor.kind === 'known'",
    tests: threats('pending-session', 'crawl/half-logins', 'guessing'),
  },
  {
    name: 'a slot of another user is nobody’s',
    file: 'src/http/visitor.ts',
    from: 'slot.session === undefined || slot.session.userId !== account.id',
    to: 'slot.session === undefined',
    tests: threats('pending-session'),
  },
  {
    name: 'forms carry the token',
    file: 'src/http/csrf.ts',
    from: 'if (stored === undefined || submittedToken(req) === undefined || !isRequestValid(req)) throw refused();',
    to: '',
    tests: threats('cross-site-requests'),
  },
  {
    name: 'requests from other sites are refused',
    file: 'src/http/csrf.ts',
    from: "if (req.get('sec-fetch-site') === 'cross-site') throw refused();",
    to: '',
    tests: threats('cross-site-requests'),
  },
  {
    name: 'half a login has a new id',
    file: 'src/http/establish-session.ts',
    from: '  await regenerate(req);\n  const { userId, organizationId, epochs',
    to: '  const { userId, organizationId, epochs',
    tests: threats('pending-session'),
  },
  {
    name: 'a step-up has a new id',
    file: 'src/http/establish-session.ts',
    from: 'await Promise.all([registered, regenerate(req)]);',
    to: 'await registered;',
    tests: threats('pending-session'),
  },
  {
    name: 'passwords are throttled',
    file: 'src/http/password-check.ts',
    from: "if (retryAfterSeconds > 0) return { outcome: 'throttled', retryAfterSeconds };",
    to: '',
    tests: [...threats('guessing', 'pending-session'), ...mainJob('login', 'hosts')],
  },
  {
    name: 'an API by password is for the exempt',
    file: 'src/http/password-api.ts',
    from: "  if (decision.outcome === 'allow') {\n    req.user",
    to: '  if (true) {\n    req.user',
    tests: mainJob('login'),
  },
];

const STORES: readonly Guard[] = [
  {
    name: 'records that may be lost are refused in production',
    file: 'src/durable-records.ts',
    from: 'if (weakness !== undefined) {',
    to: 'if (false) {',
    tests: ['tests/integration/setup/check.test.ts'],
  },
  {
    name: 'Redis: attempts end',
    file: 'src/stores/redis/challenges.ts',
    from: "if spent >= tonumber(ARGV[2]) then return {'exhausted'} end\n",
    to: '',
    tests: redisStores,
  },
  {
    name: 'Redis: only the live challenge is consumed',
    file: 'src/stores/redis/challenges.ts',
    from: "if redis.call('HGET', KEYS[1], ARGV[1] .. 'i') ~= ARGV[2] then return 0 end\nremoveChallenge(ARGV[1])\nredis.call('HDEL', KEYS[1], ARGV[1] .. 'n')",
    to: "removeChallenge(ARGV[1])\nredis.call('HDEL', KEYS[1], ARGV[1] .. 'n')",
    tests: redisStores,
  },
  {
    name: 'Redis: no challenge under a pending login that is gone',
    file: 'src/stores/redis/challenges.ts',
    from: "if ARGV[4] == 'pending' and redis.call('HEXISTS', KEYS[1], 's') == 0 then return 0 end\n",
    to: '',
    tests: redisStores,
  },
  {
    name: 'Redis: a time step is above the last one',
    file: 'src/stores/redis/guesses.ts',
    from: 'if last and tonumber(ARGV[2]) <= last then return 0 end\n',
    to: '',
    tests: redisStores,
  },
  {
    name: 'Redis: a lock holds',
    file: 'src/stores/redis/guesses.ts',
    from: "if lockedUntil and now < lockedUntil then return {'locked', 0, string.format('%.0f', lockedUntil)} end\n",
    to: '',
    tests: redisStores,
  },
  {
    name: 'Redis: a count of guesses locks',
    file: 'src/stores/redis/guesses.ts',
    from: '  if failures >= perUser then set = lock() end\n',
    to: '',
    tests: redisStores,
  },
  {
    name: 'Redis: an authenticator that is gone is guessed at in vain',
    file: 'src/stores/redis/guesses.ts',
    from: "  if redis.call('HEXISTS', key, 'a' .. authenticator) == 0 then return {'disabled'} end\n",
    to: '',
    tests: redisStores,
  },
  {
    name: 'Redis: a disabled authenticator stays so',
    file: 'src/stores/redis/guesses.ts',
    from: "  if redis.call('HEXISTS', key, 'd' .. authenticator) == 1 then return {'disabled'} end\n",
    to: '',
    tests: redisStores,
  },
  {
    name: 'Redis: a recovery code is the one that was found',
    file: 'src/stores/redis/recovery-codes.ts',
    from: "if redis.call('HGET', KEYS[2], ARGV[1]) ~= ARGV[2] then return 0 end\n",
    to: '',
    tests: redisStores,
  },
  {
    name: 'Redis: a secret is re-sealed only if it is still the same',
    file: 'src/stores/redis/authenticators.ts',
    from: "if redis.call('HGET', KEYS[1], 'k:' .. ARGV[1]) ~= ARGV[2] then return 0 end\n",
    to: '',
    tests: redisStores,
  },
  {
    name: 'Redis: one that must stay stays',
    file: 'src/stores/redis/authenticators.ts',
    from: 'if not kept then return 0 end\n',
    to: '',
    tests: redisStores,
  },
  {
    name: 'Redis: a session that ended is not revived by a touch',
    file: 'src/stores/redis/sessions.ts',
    from: 'if not entry then return 0 end\n',
    to: "entry = entry or ARGV[2] .. ' 0 0 '\n",
    tests: redisStores,
  },
  {
    name: 'Redis: a policy is saved over the version that was seen',
    file: 'src/stores/redis/policies.ts',
    from: "if (numberIn('v') or 0) ~= tonumber(ARGV[1]) then",
    to: 'if false then',
    tests: redisStores,
  },
  {
    name: 'Redis: sends that fill a window are refused',
    file: 'src/stores/redis/sends.ts',
    from: "if ARGV[1] == 'count' and wait <= 0 and keep > 0 then",
    to: "wait = 0\nif ARGV[1] == 'count' and keep > 0 then",
    tests: redisStores,
  },
  {
    name: 'Redis: a pending login that is gone gets no evidence',
    file: 'src/stores/redis/pending-logins.ts',
    from: "if redis.call('HEXISTS', KEYS[1], 's') == 0 then return 0 end\n",
    to: '',
    tests: redisStores,
  },
];

export const GUARDS: readonly Guard[] = [...FLOWS, ...FACTORS, ...HTTP, ...STORES];
