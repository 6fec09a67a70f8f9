import type { Accepted } from './trial';

/** Guards whose removal no test can tell, mostly since another refuses the same, and why each stays. */
export const ACCEPTED_GUARDS: readonly Accepted[] = [
  {
    file: 'confirm-enrollment.ts',
    line: 'factor.accept(trial, verification.proof)',
    from: 'if (!(await factor.accept(trial, verification.proof)))',
    to: 'if (false)',
    reason: 'of two confirmations at once the store binds one as well; both stay',
  },
  {
    file: 'may-enroll.ts',
    line: "decision.outcome !== 'allow'",
    from: "if (decision.outcome !== 'allow' && decision.outcome !== 'enroll') return { outcome: 'refused', decision };",
    to: '',
    reason: 'whoever is not let in has no fresh proof either, which the next check asks for; both stay',
  },
  {
    file: 'answer-challenge.ts',
    line: 'asked.purpose !== purpose',
    from: 'if (asked === null || asked.purpose !== purpose)',
    to: 'if (asked === null)',
    reason: 'a challenge is kept under its purpose, and the pages ask anew for another one; all three stay',
  },
  {
    file: 'confirm-enrollment.ts',
    line: 'replaces.enrollmentId !== authenticatorId',
    from: 'if (replaces === undefined || replaces.enrollmentId !== authenticatorId) return undefined;',
    to: 'if (replaces === undefined) return undefined;',
    reason: 'each beginning notes anew what it replaces; they differ where one request overtakes another',
  },
  {
    file: 'remember-browser.ts',
    line: "asked.kind === 'recovery-code'",
    from: "if (asked.kind === 'recovery-code' || rankOf",
    to: 'if (rankOf',
    reason: 'a recovery code ranks below every factor, and its sign refuses too; all three stay',
  },
  {
    file: 'remember-browser.ts',
    line: '|| recovered) return null',
    from: ' || recovered) return null',
    to: ') return null',
    reason:
      'a recovery code that was asked is refused before; this one is for logins that ask for more than one proof',
  },
  {
    file: 'remember-browser.ts',
    line: "fresh.outcome !== 'allow'",
    from: "seconds === null || fresh.outcome !== 'allow' || ",
    to: 'seconds === null || ',
    reason:
      'what was proven a moment ago by the strongest factor is fresh, which is checked before; both stay',
  },
  ...['reader.ownerId === bearer.ownerId &&', 'reader.userId === bearer.userId &&'].map((line) => ({
    file: 'gather-facts.ts',
    line,
    from: `${line}\n`,
    to: '',
    reason: 'what belongs to another person has another handle too, and the other way round; both stay',
  })),
  {
    file: 'resend-by-email.ts',
    line: "challenge.sentBy !== 'sms'",
    from: "challenge.sentBy !== 'sms' || ",
    to: '',
    reason: 'a message is taken once, and a new message is a new challenge',
  },
  {
    file: 'unlock.ts',
    line: 'if (refused !== null)',
    from: 'if (refused !== null) return reject(refused);',
    to: "if (refused !== null && attempt.outcome !== 'spent') return reject(refused);",
    reason: 'the page has asked the same right before; they differ where one request overtakes another',
  },
  {
    file: 'unlock-challenge.ts',
    line: 'link.userId !== visitor.account.id',
    from: 'if (link === undefined || link.userId !== visitor.account.id) {',
    to: 'if (link === undefined) {',
    reason: 'a login keeps the link of its own account alone, and a session follows no other; all three stay',
  },
  {
    file: 'confirm-enrollment.ts',
    line: 'context.clock.now() >= challenge.expiresAt',
    from: "if (challenge === undefined || context.clock.now() >= challenge.expiresAt) return { outcome: 'missing' };",
    to: "if (challenge === undefined) return { outcome: 'missing' };",
    reason:
      'the proof or the login that it rests on is over sooner, and a new proof ends it as well; all three stay',
  },
  {
    file: 'password-again.ts',
    line: "verdict.outcome !== 'right'",
    from: "if (verdict.outcome !== 'right' || context.directory.accountOf(verdict.user).id !== account.id) {",
    to: "if (verdict.outcome !== 'right') {",
    reason: 'the name is the account’s own: they differ for a host that answers it with somebody else',
  },
];
