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
  return { iso: new Date(at).toISOString(), text: `${DATE_AND_TIME.format(at)} UTC` };
}

/** `15 Dec 2026`. */
export function dayOf(at: number): Moment {
  return { iso: new Date(at).toISOString(), text: DATE.format(at) };
}

/** `5 minutes`, rounded up, for how long something still holds. */
export function durationText(seconds: number): string {
  const minutes = Math.max(1, Math.ceil(seconds / 60));
  return minutes === 1 ? '1 minute' : `${minutes} minutes`;
}
