import type { ChartLocals } from '../admin-views';
import { dayOf } from '../moments';
import { grouped, percentOf } from './words';

/** One day's numbers, oldest first. */
export interface ChartDay {
  readonly at: number;
  readonly members: number;
  readonly protectedMembers: number;
}

const WIDTH = 900;
const HEIGHT = 180;
const DAY_MS = 86_400_000;

/** The share of protected members over time as paths in a field of 900 by 180; null where there is no line to draw. */
export function adoptionChart(days: readonly ChartDay[]): ChartLocals | null {
  const first = days[0];
  const last = days.at(-1);
  if (first === undefined || last === undefined || days.length < 2 || last.at <= first.at) return null;
  const share = ({ protectedMembers, members }: ChartDay) =>
    members <= 0 ? 0 : Math.min(1, protectedMembers / members);
  const points = days.map((day) => {
    const x = ((day.at - first.at) / (last.at - first.at)) * WIDTH;
    return `${x.toFixed(1)} ${((1 - share(day)) * (HEIGHT - 12) + 6).toFixed(1)}`;
  });
  const line = `M${points.join('L')}`;
  const percent = (day: ChartDay) => `${percentOf(day.protectedMembers, day.members)} %`;
  const span = Math.round((last.at - first.at) / DAY_MS) + 1;
  const middle = days[Math.floor((days.length - 1) / 2)] ?? first;
  return {
    line,
    area: `${line}L${WIDTH} ${HEIGHT}L0 ${HEIGHT}Z`,
    dot: `M${points.at(-1) ?? '0 0'}h0`,
    title: 'Share of protected members by day',
    description: `From ${percent(first)} on ${dayOf(first.at).text} to ${percent(last)} on ${dayOf(last.at).text}. The numbers are in the table below.`,
    axis:
      days.length > 2
        ? [dayOf(first.at), dayOf(middle.at), dayOf(last.at)]
        : [dayOf(first.at), dayOf(last.at)],
    span: `last ${span} days`,
    latest: percent(last),
    rows: days.toReversed().map((day) => ({
      day: dayOf(day.at),
      members: grouped(day.members),
      protectedMembers: grouped(day.protectedMembers),
      percent: percent(day),
    })),
  };
}
