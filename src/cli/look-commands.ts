import { setTimeout } from 'node:timers/promises';
import * as z from 'zod';
import type { Mfa } from '../api/mfa';
import { someText } from '../options/option-kinds';
import {
  columns,
  done,
  instantText,
  memberOf,
  NO_OPERANDS,
  notFound,
  ONE_USER,
  ORGANIZATION,
  OWN_ORGANIZATION,
  refused,
  type Command,
} from './command';

export const check: Command = {
  name: 'check',
  operands: NO_OPERANDS,
  options: {
    user: {
      type: 'string',
      multiple: true,
      about: 'Tries the keys on the secrets of this person. Can be given several times.',
      ...someText('the id of a user', '--user 7'),
      schema: z.array(z.string().min(1)),
    },
  },
  about: 'Checks keys, stores, clocks, senders and options.',
  example: 'express-mfa check --user 7',
  async run({ mfa, given }) {
    const report = await mfa.check({ userIds: [...given.list('user')] });
    const lines = report.findings.map(({ level, part, message }) => `${level}: ${part}: ${message}`);
    const json = { outcome: 'checked', ...report };
    if (!report.ok) return refused(json, ...lines);
    return done(json, ...lines, lines.length === 0 ? 'Everything is fine.' : 'There are no errors.');
  },
};

type Detail = NonNullable<Awaited<ReturnType<Mfa['members']['describe']>>>;

export const status: Command = {
  name: 'status',
  operands: ONE_USER,
  options: { organization: ORGANIZATION },
  about: 'Shows the factors, lock, exemption, sessions and newest events of a person.',
  example: 'express-mfa status 7',
  async run(call) {
    const member = memberOf(call);
    const found = await call.mfa.members.describe(member);
    if (found === null) return notFound(member.userId);
    // Do not print addresses: terminals are logged. The administrators' pages show them.
    const { email: _email, ...shown } = found;
    return done({ outcome: 'found', member: shown }, ...describeMember(found));
  },
};

function describeMember({ id, name, mfa, authenticators, recoveryCodesLeft, sessions, history }: Detail) {
  const { exemption, lockedUntil, assignedKind, graceUntil } = mfa;
  const rows: (readonly [string, string])[] = [
    ...authenticators.map((one) => ['Factor', authenticatorText(one)] as const),
    ...(authenticators.length === 0 ? [['Factor', 'none set up'] as const] : []),
    ['Recovery codes', String(recoveryCodesLeft)],
    ['Sessions', String(sessions)],
    ...(assignedKind === undefined ? [] : [['Assigned', assignedKind] as const]),
    ...(lockedUntil === undefined ? [] : [['Locked', `until ${instantText(lockedUntil)}`] as const]),
    ...(exemption === undefined
      ? []
      : [['Exempt', `until ${instantText(exemption.until)}, “${exemption.reason}”`] as const]),
    ...(graceUntil === undefined ? [] : [['Grace', `until ${instantText(graceUntil)}`] as const]),
    ...history.slice(0, 5).map((event) => ['Event', `${instantText(event.at)} ${event.name}`] as const),
  ];
  return [`${name} (${id})`, ...columns(rows)];
}

function authenticatorText(one: Detail['authenticators'][number]): string {
  const { kind, label, destination, createdAt, lastUsedAt, disabledAt } = one;
  return [
    kind,
    JSON.stringify(label),
    ...(destination === undefined ? [] : [destination]),
    `added ${instantText(createdAt)}`,
    lastUsedAt === null ? 'never used' : `used ${instantText(lastUsedAt)}`,
    ...(disabledAt === null ? [] : [`disabled ${instantText(disabledAt)}`]),
  ].join(', ');
}

type Explanation = NonNullable<Awaited<ReturnType<Mfa['members']['explain']>>>;

export const explain: Command = {
  name: 'explain',
  operands: ONE_USER,
  options: {
    organization: ORGANIZATION,
    'step-up': {
      type: 'string',
      about: 'For a route with requireStepUp({ maxAgeSeconds }), in seconds.',
      schema: z.string().regex(/^[1-9]\d{0,8}$/),
      allowed: 'a whole number of seconds above 0',
      write: '--step-up 300',
      shown: true,
    },
  },
  about: 'Shows the decision about a person right after the password, and the result of each rule.',
  example: 'express-mfa explain 7',
  async run(call) {
    const member = memberOf(call);
    const seconds = call.given.text('step-up');
    const options = seconds === undefined ? {} : { maxAgeSeconds: Number(seconds) };
    const found = await call.mfa.members.explain(member, options);
    if (found === null) return notFound(member.userId);
    return done({ outcome: 'explained', ...found }, ...explanationText(found));
  },
};

function explanationText({ decision, verdicts }: Explanation): readonly string[] {
  const first = verdicts.findIndex((verdict) => verdict.decision !== null);
  const rules = verdicts.map(
    ({ rule, decision: verdict }, index) =>
      [
        `${index === first ? '>' : ' '} ${rule}`,
        verdict === null ? 'no result' : decisionText(verdict),
      ] as const,
  );
  return [
    `Decision: ${decisionText(decision)}`,
    '',
    'The first rule with a result decides:',
    ...columns(rules),
  ];
}

function decisionText(decision: Explanation['decision']): string {
  const { outcome, because } = decision;
  const ways =
    'anyOf' in decision ? decision.anyOf.map((way) => (typeof way === 'string' ? way : way.kind)) : [];
  const anyOf = ways.length === 0 ? '' : `, any of ${[...new Set(ways)].join(', ')}`;
  const until =
    decision.outcome === 'deny' && decision.lockedUntil !== undefined ? decision.lockedUntil : null;
  return `${outcome}, ${because}${anyOf}${until === null ? '' : `, until ${instantText(until)}`}`;
}

export const report: Command = {
  name: 'report',
  operands: NO_OPERANDS,
  options: { organization: OWN_ORGANIZATION },
  about: 'Counts who has a factor, of which kinds, and says what needs attention.',
  example: 'express-mfa report --organization acme',
  async run({ mfa, given }) {
    const organizationId = given.text('organization') ?? 'default';
    const found = await countedReport(mfa, organizationId);
    const { policy, counting } = found;
    const lines = [
      ...columns([
        ['Policy', policy.enabled ? `on, enrollment ${policy.enrollment}` : 'off'],
        ['Members', String(found.members)],
        ['With a factor', String(found.configured)],
        ...Object.entries(found.byKind).map(([kind, count]) => [`  ${kind}`, String(count)] as const),
        ['Without', String(found.notConfigured)],
        ['In grace', String(found.inGrace)],
        ['Exempt', String(found.exempt)],
        ['Locked', String(found.locked)],
        ['Federated', String(found.federated)],
      ]),
      ...found.warnings.map((warning) => `warning: ${warningText(warning)}`),
      ...(counting === null
        ? []
        : [`Members are still being counted (${counting.done} so far). Run this again.`]),
    ];
    return done({ outcome: 'reported', organizationId, ...found }, ...lines);
  },
};

type Report = Awaited<ReturnType<Mfa['members']['report']>>;

const ROUND_MS = 250;
const MOST_ROUNDS = 240;

/** If members are counted for the first time, this process counts them. Waits up to a minute for that. */
async function countedReport(mfa: Mfa, organizationId: string): Promise<Report> {
  for (let round = 1; ; round += 1) {
    // oxlint-disable-next-line no-await-in-loop
    const found = await mfa.members.report({ organizationId });
    if (found.counting === null || round === MOST_ROUNDS) return found;
    // oxlint-disable-next-line no-await-in-loop
    await setTimeout(ROUND_MS);
  }
}

function warningText(warning: Report['warnings'][number]): string {
  if (warning.because === 'records-weakness') return warning.sentence;
  if (warning.because === 'administrators-without-factor')
    return `${warning.because}: ${warning.names.join(', ')}`;
  return `${warning.because}: ${warning.count}`;
}
