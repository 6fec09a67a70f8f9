import { mainJob, threats, type Guard } from './guard';

export const HTTP: readonly Guard[] = [
  {
    name: 'the guard lets through what is allowed only',
    file: 'src/http/guard.ts',
    from: "  if (decision.outcome === 'allow') return next();\n  await refuseRequest",
    to: "  if (decision.outcome !== 'deny') return next();\n  await refuseRequest",
    tests: threats('pending-session'),
  },
  {
    name: 'half a login is no session',
    file: 'src/http/guard.ts',
    from: "visitor.kind === 'known' && visitor.bearer.standing === 'session'",
    to: "visitor.kind === 'known'",
    tests: threats('pending-session', 'guessing'),
  },
  {
    name: 'a slot of another user is nobody’s',
    file: 'src/http/visitor.ts',
    from: 'slot.session?.userId !== account.id || slot.session.grantedIn',
    to: 'slot.session?.grantedIn',
    tests: threats('kept-session'),
  },
  {
    name: 'what was granted in another session counts for nothing',
    file: 'src/http/visitor.ts',
    from: ' || slot.session.grantedIn !== sessionMark(req)',
    to: '',
    tests: threats('kept-session'),
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
    from: 'await renewSession(req, () => {\n    writeSlot(req, { ...slot, login });',
    to: 'await Promise.resolve().then(() => {\n    writeSlot(req, { ...slot, login });',
    tests: threats('pending-session'),
  },
  {
    name: 'a step-up has a new id',
    file: 'src/http/establish-session.ts',
    from: 'const renewed = renewSession(req, () => {',
    to: 'const renewed = Promise.resolve().then(() => {',
    tests: threats('session-ids'),
  },
  {
    name: 'passwords are throttled',
    file: 'src/http/password-check.ts',
    from: "if (retryAfterSeconds > 0) return { outcome: 'throttled', retryAfterSeconds };",
    to: '',
    tests: threats('password-guessing'),
  },
  {
    name: 'an API by password is for the exempt',
    file: 'src/http/password-api.ts',
    from: "  if (decision.outcome === 'allow') {\n    req.user",
    to: '  if (true) {\n    req.user',
    tests: mainJob('login'),
  },
];
