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
];
