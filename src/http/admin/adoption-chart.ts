import type { Moment, Translator } from '../../messages/translator';
import { percentOf } from './words';

/** One day's numbers, oldest first. */
export interface ChartDay {
  readonly at: number;
  readonly members: number;
  readonly protectedMembers: number;
}

const WIDTH = 900;
const HEIGHT = 180;
/** Half a dot, so that no dot is cut off at 0 % and 100 %. */
const MARGIN = 6;
const GRID_SHARES = [1, 0.5, 0];
const DAY_MS = 86_400_000;

/** The share of protected members over time as SVG paths of 900 by 180; null with fewer than two days. */
export function adoptionChart(translator: Translator, days: readonly ChartDay[]): ChartLocals | null {
  const { t, day: dayOf } = translator;
  const first = days[0];
  const last = days.at(-1);
  if (first === undefined || last === undefined || days.length < 2 || last.at <= first.at) return null;
  const share = ({ protectedMembers, members }: ChartDay) =>
    members <= 0 ? 0 : Math.min(1, protectedMembers / members);
  const points = days.map((day) => {
    const x = ((day.at - first.at) / (last.at - first.at)) * WIDTH;
    return `${x.toFixed(1)} ${heightOf(share(day)).toFixed(1)}`;
  });
  const line = `M${points.join('L')}`;
  const percent = (day: ChartDay) => shareText(translator, day.protectedMembers, day.members);
  const span = Math.round((last.at - first.at) / DAY_MS) + 1;
  const middle = span < 3 ? [] : [Math.round((first.at + last.at) / 2)];
  return {
    line,
    area: `${line}V${heightOf(0)}H0Z`,
    dot: `M${points.at(-1) ?? '0 0'}h0`,
    grid: GRID_SHARES.map((one) => `M0 ${heightOf(one)}H${WIDTH}`).join(''),
    shares: GRID_SHARES.map((one) => translator.percent(one)),
    title: t('admin.chart.title'),
    description: t('admin.chart.description', {
      first: percent(first),
      firstDay: dayOf(first.at).text,
      last: percent(last),
      lastDay: dayOf(last.at).text,
    }),
    axis: [first.at, ...middle, last.at].map((at) => dayOf(at)),
    span: t('admin.chart.span', { days: span }),
    latest: percent(last),
    latestDay: dayOf(last.at),
    rows: days.toReversed().map((day) => ({
      day: dayOf(day.at),
      members: translator.number(day.members),
      protectedMembers: translator.number(day.protectedMembers),
      percent: percent(day),
    })),
  };
}

function heightOf(share: number): number {
  return MARGIN + (1 - share) * (HEIGHT - 2 * MARGIN);
}

/** `78 %` */
export function shareText(translator: Translator, part: number, whole: number): string {
  return translator.percent(percentOf(part, whole) / 100);
}

/** SVG paths of 900 by 180. */
export interface ChartLocals {
  readonly line: string;
  readonly area: string;
  readonly dot: string;
  readonly grid: string;
  /** The label of each grid line, from the top. */
  readonly shares: readonly string[];
  readonly title: string;
  readonly description: string;
  readonly axis: readonly Moment[];
  readonly span: string;
  readonly latest: string;
  readonly latestDay: Moment;
  readonly rows: readonly {
    readonly day: Moment;
    readonly members: string;
    readonly protectedMembers: string;
    readonly percent: string;
  }[];
}
