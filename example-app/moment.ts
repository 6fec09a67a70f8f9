const FORMAT = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'medium',
  timeStyle: 'short',
  timeZone: 'UTC',
});

/** For a `<time>` element: `15 Jan 2026, 12:00 UTC`. */
export function momentOf(at: number): { readonly iso: string; readonly text: string } {
  return { iso: new Date(at).toISOString(), text: `${FORMAT.format(at)} UTC` };
}
