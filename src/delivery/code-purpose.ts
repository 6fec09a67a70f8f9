/** What a code is sent for, the same words as a challenge's purpose. */
export type CodePurpose = 'login' | 'step-up' | 'enroll' | 'unlock';

/** `5 minutes`, or `90 seconds` where that is no whole number of minutes. */
export function durationInWords(seconds: number): string {
  const [count, unit] = seconds % 60 === 0 ? [seconds / 60, 'minute'] : [seconds, 'second'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
