import type { Moment } from './render-page';

const DATE_AND_TIME = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'UTC',
});
const DATE = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
});

/** `15 Dec 2026, 14:32 UTC`. */
export function momentOf(at: number): Moment {
  return { iso: new Date(at).toISOString(), text: `${DATE_AND_TIME.format(at)} UTC`, isInstant: true };
}

/** `15 Dec 2026`. */
export function dayOf(at: number): Moment {
  return { iso: new Date(at).toISOString(), text: DATE.format(at), isInstant: false };
}

/** `5 minutes`, rounded up, for how long something is still valid; `40 seconds` below a minute. */
export function durationText(seconds: number): string {
  if (seconds < 60) return countOf(Math.max(1, Math.ceil(seconds)), 'second');
  return countOf(Math.ceil(seconds / 60), 'minute');
}

function countOf(count: number, unit: string): string {
  return count === 1 ? `1 ${unit}` : `${count} ${unit}s`;
}
