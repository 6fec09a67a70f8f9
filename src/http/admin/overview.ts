import type { Router } from 'express';
import { ENROLLABLE_KINDS, FACTOR_TRAITS, RESISTANT_KINDS } from '../../factors/find-factor';
import { describeAdoption, type Adoption, type AdoptionWarning } from '../../flows/admin/adoption';
import type { MessageKey } from '../../messages/catalogues';
import { show } from '../kernel/page-route';
import type { Translator } from '../../messages/translator';
import { adoptionChart, shareText, type ChartLocals } from './adoption-chart';
import { adminHead, pathWith, type LinkLocals, type WithAdmin } from './admin-page';
import { readRoute, type AdminPage, type AdminRoutes } from './admin-route';
import { policySentences } from './policy-fields';
import { kindName, percentOf } from './words';

declare module '../kernel/render-page' {
  interface ViewLocals {
    'admin/overview': OverviewLocals;
  }
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

/** Isolates names, so that a left-to-right name does not reorder a right-to-left sentence (UAX #9). */
const ISOLATE = '\u2068';
const END_OF_ISOLATE = '\u2069';

const RESTRICTED_KIND = FACTOR_TRAITS.find(({ restricted }) => restricted)?.kind;

/** How many members have a method as strong as the policy asks for. */
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
      const names = warning.names.map((name) => `${ISOLATE}${name}${END_OF_ISOLATE}`);
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
      // Administrators cannot change the store's settings, so its own message is not shown.
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
