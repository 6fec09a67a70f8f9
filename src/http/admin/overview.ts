import type { Router } from 'express';
import { ENROLLABLE_KINDS } from '../../core/factor-kind';
import { describeAdoption } from '../../flows/admin/adoption';
import type { Adoption, AdoptionWarning } from '../../flows/admin/adoption';
import type { OverviewLocals } from '../admin-views';
import { dayOf } from '../moments';
import { show } from '../pages/page-route';
import { adminHead } from './admin-page';
import { pathWith } from './admin-query';
import { readRoute } from './admin-route';
import type { AdminPage, AdminRoutes } from './admin-route';
import { adoptionChart } from './chart';
import { policySentence } from './policy-fields';
import { countOf, grouped, kindName, percentOf } from './words';

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
        count: countOf(adoption.byKind[kind], 'member', 'members'),
        percent: percentOf(adoption.byKind[kind], members),
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
  const nextEnd = nextExemptionEndsAt === null ? '' : `, next ends ${dayOf(nextExemptionEndsAt).text}`;
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
    { number: grouped(adoption.inGrace), text: 'in grace', bad: false, path: listed('in-grace') },
    { number: grouped(exempt), text: `exempt${nextEnd}`, bad: false, path: listed('exempt') },
    { number: grouped(locked), text: 'locked out now', bad: locked > 0, path: listed('locked') },
    {
      number: grouped(noUsableContact),
      text: 'with no address for a code',
      bad: noUsableContact > 0,
      path: null,
    },
  ];
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
        text: `${countOf(warning.count, 'exemption ends', 'exemptions end')} soon, the next on ${dayOf(warning.nextEndsAt).text}.`,
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
        link: see('sms'),
      };
    case 'grace-ending':
      return {
        text: `The grace period ends on ${dayOf(warning.graceUntil).text}, and ${countOf(warning.count, 'member has', 'members have')} nothing set up yet.`,
        link: see('in-grace'),
      };
    case 'no-usable-contact':
      return {
        text: `${countOf(warning.count, 'member has', 'members have')} no address that a code could be sent to.`,
        link: null,
      };
    case 'records-weakness':
      // What to write into the server's settings is no business of administrators.
      return {
        text: 'The server could lose these records when it restarts. Tell whoever runs it.',
        link: null,
      };
  }
}
