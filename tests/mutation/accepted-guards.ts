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
];
