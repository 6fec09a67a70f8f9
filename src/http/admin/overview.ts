import type { Router } from 'express';
import { ENROLLABLE_KINDS, FACTOR_TRAITS, RESISTANT_KINDS } from '../../factors/find-factor';
import { describeAdoption, type Adoption, type AdoptionWarning } from '../../flows/admin/adoption';
import type { MessageKey } from '../../messages/catalogues';
import { show } from '../kernel/page-route';
import type { Moment, Translator } from '../../messages/translator';
import { adminHead, pathWith, type LinkLocals, type WithAdmin } from './admin-page';
import { readRoute, type AdminPage, type AdminRoutes } from './admin-route';
import { policySentences } from './policy-fields';
import { kindName, percentOf } from './words';

declare module '../kernel/render-page' {
  interface ViewLocals {
    'admin/overview': OverviewLocals;
  }
}

/** One day's numbers, oldest first. */
export interface ChartDay {
  readonly at: number;
  readonly members: number;
  readonly protectedMembers: number;
}

const WIDTH = 900;
const HEIGHT = 180;
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
    return `${x.toFixed(1)} ${((1 - share(day)) * (HEIGHT - 12) + 6).toFixed(1)}`;
  });
  const line = `M${points.join('L')}`;
  const percent = (day: ChartDay) => shareText(translator, day.protectedMembers, day.members);
  const span = Math.round((last.at - first.at) / DAY_MS) + 1;
  const middle = days[Math.floor((days.length - 1) / 2)] ?? first;
  return {
    line,
    area: `${line}L${WIDTH} ${HEIGHT}L0 ${HEIGHT}Z`,
    dot: `M${points.at(-1) ?? '0 0'}h0`,
    title: t('admin.chart.title'),
    description: t('admin.chart.description', {
      first: percent(first),
      firstDay: dayOf(first.at).text,
      last: percent(last),
      lastDay: dayOf(last.at).text,
    }),
    axis: (days.length > 2 ? [first, middle, last] : [first, last]).map((day) => dayOf(day.at)),
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

function shareText(translator: Translator, part: number, whole: number): string {
  return translator.percent(percentOf(part, whole) / 100);
}

export function addOverviewRoutes(router: Router, routes: AdminRoutes): void {
  router.get('/:organizationId', readRoute(routes, showOverview));
}

async function showOverview(page: AdminPage): Promise<void> {
  const { context, organization, act } = page;
  const administrators = await act.administratorsOf(organization.id);
  const adoption = await describeAdoption(context, { organizationId: organization.id, administrators });
  if (page.json) {
    page.res.json({ organization, ...adoption });
    return;
  }
  await show(page, 'admin/overview', {
    admin: adminHead(page, 'overview', false),
    ...overviewLocals(page, adoption),
  });
}

function overviewLocals(page: AdminPage, adoption: Adoption): Omit<OverviewLocals, 'page' | 'admin'> {
  const { translator } = page;
  const { members, counting } = adoption;
  const bar = (name: string, count: number) => ({ name, count, percent: percentOf(count, members) });
  const warnings = adoption.warnings.map((warning) => warn(page, warning));
  const done = counting === null ? [] : [{ text: translator.t('admin.overview.counting'), link: null }];
  return {
    policySentences: policySentences(translator, adoption.policy),
    tiles: tiles(page, adoption),
    chart: adoptionChart(
      translator,
      adoption.days.map((day) => ({
        at: Date.parse(day.day),
        members: day.members,
        protectedMembers: day.configured,
      })),
    ),
    bars: [
      ...ENROLLABLE_KINDS.map((kind, index) => ({
        ...bar(kindName(translator, kind), adoption.byKind[kind] ?? 0),
        shade: (['1', '2', '3'] as const)[index] ?? ('3' as const),
      })),
      { ...bar(translator.t('admin.bars.none'), adoption.notConfigured), shade: 'none' as const },
    ],
    warnings: [...warnings, ...done],
  };
}

type Tile = OverviewLocals['tiles'][number];

function tiles(page: AdminPage, adoption: Adoption): readonly Tile[] {
  const { translator, basePath } = page;
  const { members, configured, notConfigured, inGrace, exempt, locked, noUsableContact } = adoption;
  const tile = (count: number, key: MessageKey, filter: string | null): Tile => ({
    number: translator.number(count),
    text: translator.t(key, { count }),
    bad: false,
    path: filter === null ? null : pathWith(`${basePath}/members`, { filter }),
  });
  return [
    {
      number: shareText(translator, configured, members),
      text: translator.t('admin.overview.tile.protected', { members }),
      bad: false,
      path: `${basePath}/members`,
    },
    tile(notConfigured, 'admin.overview.tile.not-configured', 'not-configured'),
    ...resistantTile(translator, adoption),
    tile(inGrace, 'admin.overview.tile.in-grace', 'in-grace'),
    { ...tile(exempt, 'admin.overview.tile.exempt', 'exempt'), text: exemptText(translator, adoption) },
    { ...tile(locked, 'admin.overview.tile.locked', 'locked'), bad: locked > 0 },
    { ...tile(noUsableContact, 'admin.overview.tile.no-contact', null), bad: noUsableContact > 0 },
  ];
}

function exemptText({ t, day }: Translator, { exempt: count, nextExemptionEndsAt: end }: Adoption): string {
  return end === null
    ? t('admin.overview.tile.exempt', { count })
    : t('admin.overview.tile.exempt.next', { count, date: day(end).text });
}

const RESTRICTED_KIND = FACTOR_TRAITS.find(({ restricted }) => restricted)?.kind;

/** How many have what the policy asks for. */
function resistantTile(translator: Translator, { policy, byKind, configured }: Adoption): readonly Tile[] {
  if (policy.strength === 'any') return [];
  const count = RESISTANT_KINDS.reduce((sum, kind) => sum + (byKind[kind] ?? 0), 0);
  const text = translator.t('admin.overview.tile.resistant');
  return [{ number: translator.number(Math.min(count, configured)), text, bad: false, path: null }];
}

function warn(
  { basePath, translator: { t, day, list } }: AdminPage,
  warning: AdoptionWarning,
): OverviewLocals['warnings'][number] {
  const see = (filter: string) => ({
    text: t('admin.overview.see'),
    path: pathWith(`${basePath}/members`, { filter }),
  });
  switch (warning.because) {
    case 'administrators-without-factor': {
      const { names } = warning;
      const values = { count: names.length, names: list(names) };
      return { text: t('admin.overview.warning.administrators', values), link: null };
    }
    case 'exemptions-ending': {
      const values = { count: warning.count, date: day(warning.nextEndsAt).text };
      return { text: t('admin.overview.warning.exemptions', values), link: see('exempt') };
    }
    case 'members-locked':
      return {
        text: t('admin.overview.warning.locked', { count: warning.count }),
        link: see('locked'),
      };
    case 'sms-only-members':
      return {
        text: t('admin.overview.warning.sms-only', { count: warning.count }),
        link: RESTRICTED_KIND === undefined ? null : see(RESTRICTED_KIND),
      };
    case 'grace-ending': {
      const values = { count: warning.count, date: day(warning.graceUntil).text };
      return { text: t('admin.overview.warning.grace', values), link: see('in-grace') };
    }
    case 'no-usable-contact':
      return { text: t('admin.overview.warning.no-contact', { count: warning.count }), link: null };
    case 'records-weakness':
      // Administrators cannot change the settings of the server, so the sentence of the store is not shown.
      return { text: t('admin.overview.warning.records'), link: null };
  }
}
export interface OverviewLocals extends WithAdmin {
  readonly policySentences: readonly string[];
  readonly tiles: readonly {
    readonly number: string;
    readonly text: string;
    readonly bad: boolean;
    readonly path: string | null;
  }[];
  /** Null with fewer than two days. */
  readonly chart: ChartLocals | null;
  readonly bars: readonly {
    readonly name: string;
    readonly count: number;
    /** Of all members, 0 to 100. */
    readonly percent: number;
    readonly shade: '1' | '2' | '3' | 'none';
  }[];
  readonly warnings: readonly { readonly text: string; readonly link: LinkLocals | null }[];
}
/** SVG paths of 900 by 180. */
export interface ChartLocals {
  readonly line: string;
  readonly area: string;
  readonly dot: string;
  readonly title: string;
  readonly description: string;
  readonly axis: readonly Moment[];
  readonly span: string;
  readonly latest: string;
  /** The last day that was counted: today is not over. */
  readonly latestDay: Moment;
  readonly rows: readonly {
    readonly day: Moment;
    readonly members: string;
    readonly protectedMembers: string;
    readonly percent: string;
  }[];
}
