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
  {
    file: 'challenge/open-proof.ts',
    within: 'pickFactor',
    from: 'lockedUntil !== null && !isOffered',
    to: '!isOffered',
    reason: 'without a lock the factor that is asked is always one of those offered',
  },
  {
    file: 'records/documents.ts',
    within: 'act',
    from: 'this.#remembered.delete(placeOf(owner, { name }));',
    to: ';',
    reason: 'a remembered document counts only once the store has confirmed it; this frees its memory',
  },
  {
    file: 'records/documents.ts',
    within: 'requireWriter',
    from: 'current === undefined || current.oldestWriter <= FORMAT',
    to: 'current.oldestWriter <= FORMAT',
    reason: 'each format has its document, which the compiler does not know',
  },
  {
    file: 'stores/counting-throttle.ts',
    within: 'spend',
    from: 'Math.max(1, Math.ceil(refusal.msBeforeNext / 1000))',
    to: 'Math.ceil(refusal.msBeforeNext / 1000)',
    reason: 'the wait is zero only in the millisecond in which the count ends',
  },
  {
    file: 'memory/member-indexes.ts',
    within: 'put',
    from: 'found.marks.get(userId) === (mark ?? undefined)',
    to: 'false',
    reason: 'saves sorting an index that did not change',
  },
  {
    file: 'enrollment/authorize-enrollment.ts',
    within: 'replaceableKinds',
    from: 'facts.session?.evidence ?? []',
    to: 'facts.session?.evidence',
    reason: 'without a session it was refused before',
  },
  {
    file: 'enrollment/authorize-enrollment.ts',
    within: 'replaceableKinds',
    from: 'usedAt === null || !isRecent(usedAt, REPROOF_SECONDS, now)',
    to: '!isRecent(usedAt, REPROOF_SECONDS, now)',
    reason: 'null counts as 1970, which is not recent',
  },
];
