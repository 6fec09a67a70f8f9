import type { Accepted } from './trial';

/** Guards whose removal no test can tell, mostly since another refuses the same, and why each stays. */
export const ACCEPTED_GUARDS: readonly Accepted[] = [
  {
    file: 'challenge/first-step.ts',
    within: 'goOnWithEarlier',
    from: 'step.pendingId === null',
    to: 'false',
    reason: 'no login has the id null, so none is found',
  },
  {
    file: 'challenge/first-step.ts',
    within: 'goOnWithEarlier',
    from: 'login === undefined || challenge === undefined',
    to: 'challenge === undefined',
    reason:
      'a login and its challenges end in one step, so a challenge without its login is seen in a race only',
  },
  {
    file: 'challenge/resend-by-email.ts',
    within: 'resendByEmail',
    from: 'challenge === undefined || text === undefined || known === undefined',
    to: 'challenge === undefined || text === undefined',
    reason: 'a person who is not found has no address, which is asked for as well',
  },
  {
    file: 'challenge/resend-by-email.ts',
    within: 'resendByEmail',
    from: 'challenge === undefined || text === undefined',
    to: 'text === undefined',
    reason: 'the text is looked for in the challenge',
  },
  {
    file: 'challenge/resend-by-email.ts',
    within: 'resendByEmail',
    from: "!isCurrent || text.sentBy !== 'sms'",
    to: '!isCurrent',
    reason: 'only a text has the id of a message, by which its report names it',
  },
  {
    file: 'challenge/open-proof.ts',
    within: 'openUnlock',
    from: 'link === undefined || link.userId !== account.id',
    to: 'link === undefined',
    reason: 'a login drops a link of another account, and the page refuses one to a person who is known',
  },
];
