import type { Router } from 'express';
import { ENROLLABLE_KINDS, FACTOR_TRAITS, RESISTANT_KINDS } from '../../factors/find-factor';
import { describeAdoption, type Adoption, type AdoptionWarning } from '../../flows/admin/adoption';
import { show } from '../kernel/page-route';
import type { Moment } from '../kernel/render-page';
import { adminHead, pathWith, type LinkLocals, type WithAdmin } from './admin-page';
import { readRoute, type AdminPage, type AdminRoutes } from './admin-route';
import { policySentence } from './policy-fields';
import { countOf, grouped, kindName, percentOf } from './words';
import { ENGLISH } from '../../factors/english';

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
    description: `From ${percent(first)} on ${ENGLISH.day(first.at).text} to ${percent(last)} on ${ENGLISH.day(last.at).text}. The numbers are in the table below.`,
    axis:
      days.length > 2
        ? [ENGLISH.day(first.at), ENGLISH.day(middle.at), ENGLISH.day(last.at)]
        : [ENGLISH.day(first.at), ENGLISH.day(last.at)],
    span: `last ${span} days`,
    latest: percent(last),
    latestDay: ENGLISH.day(last.at),
    rows: days.toReversed().map((day) => ({
      day: ENGLISH.day(day.at),
      members: grouped(day.members),
      protectedMembers: grouped(day.protectedMembers),
      percent: percent(day),
    })),
  };
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
  const { members, counting } = adoption;
  const warnings = adoption.warnings.map((warning) => warn(page, warning));
  const done =
    counting === null
      ? []
      : [
          {
            text: 'The members are being counted for the first time, so these numbers still grow. Reload this page in a minute.',
            link: null,
          },
        ];
  return {
    policySentence: policySentence(adoption.policy),
    tiles: tiles(page, adoption),
    chart: adoptionChart(
      adoption.days.map((day) => ({
        at: Date.parse(day.day),
        members: day.members,
        protectedMembers: day.configured,
      })),
    ),
    bars: [
      ...ENROLLABLE_KINDS.map((kind, index) => ({
        name: kindName(kind),
        count: countOf(adoption.byKind[kind] ?? 0, 'member', 'members'),
        percent: percentOf(adoption.byKind[kind] ?? 0, members),
        shade: (['1', '2', '3'] as const)[index] ?? ('3' as const),
      })),
      {
        name: 'Not configured',
        count: countOf(adoption.notConfigured, 'member', 'members'),
        percent: percentOf(adoption.notConfigured, members),
        shade: 'none' as const,
      },
    ],
    warnings: [...warnings, ...done],
  };
}

function tiles(page: AdminPage, adoption: Adoption): OverviewLocals['tiles'] {
  const { members, configured, exempt, nextExemptionEndsAt, locked, noUsableContact } = adoption;
  const listed = (filter: string) => pathWith(`${page.basePath}/members`, { filter });
  const nextEnd = nextExemptionEndsAt === null ? '' : `, next ends ${ENGLISH.day(nextExemptionEndsAt).text}`;
  return [
    {
      number: `${percentOf(configured, members)} %`,
      text: `of ${countOf(members, 'member', 'members')} protected`,
      bad: false,
      path: `${page.basePath}/members`,
    },
    {
      number: grouped(adoption.notConfigured),
      text: 'not configured',
      bad: false,
      path: listed('not-configured'),
    },
    ...resistantTile(adoption),
    { number: grouped(adoption.inGrace), text: 'in grace', bad: false, path: listed('in-grace') },
    { number: grouped(exempt), text: `exempt${nextEnd}`, bad: false, path: listed('exempt') },
    { number: grouped(locked), text: 'locked out now', bad: locked > 0, path: listed('locked') },
    {
      number: grouped(noUsableContact),
      text: 'can’t receive a code',
      bad: noUsableContact > 0,
      path: null,
    },
  ];
}

const RESTRICTED_KIND = FACTOR_TRAITS.find(({ restricted }) => restricted)?.kind;

/** How many have what the policy asks for. */
function resistantTile({ policy, byKind, configured }: Adoption): OverviewLocals['tiles'] {
  if (policy.strength === 'any') return [];
  const count = RESISTANT_KINDS.reduce((sum, kind) => sum + (byKind[kind] ?? 0), 0);
  const text = 'with a phishing-resistant method';
  return [{ number: grouped(Math.min(count, configured)), text, bad: false, path: null }];
}

function warn(page: AdminPage, warning: AdoptionWarning): OverviewLocals['warnings'][number] {
  const members = `${page.basePath}/members`;
  const see = (filter: string) => ({ text: 'See who', path: pathWith(members, { filter }) });
  switch (warning.because) {
    case 'administrators-without-factor':
      return {
        text: `These administrators have no second factor: ${warning.names.join(', ')}.`,
        link: null,
      };
    case 'exemptions-ending':
      return {
        text: `${countOf(warning.count, 'exemption ends', 'exemptions end')} soon, the next on ${ENGLISH.day(warning.nextEndsAt).text}.`,
        link: see('exempt'),
      };
    case 'members-locked':
      return {
        text: `${countOf(warning.count, 'member is', 'members are')} locked out after wrong codes.`,
        link: see('locked'),
      };
    case 'sms-only-members':
      return {
        text: `${countOf(warning.count, 'member has', 'members have')} text messages and nothing else. An authenticator app is safer.`,
        link: RESTRICTED_KIND === undefined ? null : see(RESTRICTED_KIND),
      };
    case 'grace-ending':
      return {
        text: `The grace period ends on ${ENGLISH.day(warning.graceUntil).text}, and ${countOf(warning.count, 'member has', 'members have')} nothing set up yet.`,
        link: see('in-grace'),
      };
    case 'no-usable-contact':
      return {
        text: `${countOf(warning.count, 'member has', 'members have')} no address that a code could be sent to.`,
        link: null,
      };
    case 'records-weakness':
      // Administrators cannot change the settings of the server, so the sentence of the store is not shown.
      return {
        text: 'The server could lose these records when it restarts. Tell whoever runs it.',
        link: null,
      };
  }
}
export interface OverviewLocals extends WithAdmin {
  readonly policySentence: string;
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
    readonly count: string;
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
