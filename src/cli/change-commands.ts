import * as z from 'zod';
import type { CommandCall, CommandResult, Command, CommandOption } from './command';
import {
  done,
  EVERYWHERE,
  flag,
  instantText,
  memberOf,
  notFound,
  ONE_USER,
  ORGANIZATION,
  REASON,
  refused,
  UsageError,
} from './command';

const DAY_MS = 86_400_000;

function protectedElsewhere(userId: string, command: string): CommandResult {
  const message = `Nothing was done: the factors of ${userId} also protect another organization with MFA on. If you are responsible for all of them, write express-mfa ${command} ${userId} --everywhere and the other options.`;
  return refused({ outcome: 'refused', because: 'protected-elsewhere' }, message);
}

export const reset: Command = {
  name: 'reset',
  operands: ONE_USER,
  options: { reason: REASON, organization: ORGANIZATION, everywhere: EVERYWHERE },
  about:
    'Removes every factor of a person, their recovery codes and locks, and signs them out. They are told by email.',
  example: "express-mfa reset 7 --reason 'Lost the phone; identity checked by video call'",
  async run(call) {
    const { mfa, given } = call;
    const member = memberOf(call);
    const options = { reason: reasonOf(call), everywhere: given.has('everywhere') };
    const result = await mfa.members.reset(member, options);
    if (result.outcome === 'not-found') return notFound(member.userId);
    if (result.outcome === 'refused') return protectedElsewhere(member.userId, 'reset');
    const removed = result.removed === 1 ? '1 factor was removed' : `${result.removed} factors were removed`;
    const next = 'They set up a new one at the next sign-in, if the policy asks for one.';
    return done({ ...result, userId: member.userId }, `${member.userId} was reset: ${removed}. ${next}`);
  },
};

export const unlock: Command = {
  name: 'unlock',
  operands: ONE_USER,
  options: { reason: REASON, organization: ORGANIZATION, everywhere: EVERYWHERE },
  about: 'Ends a lock after too many wrong codes.',
  example: "express-mfa unlock 7 --reason 'Called back on the number on file'",
  async run(call) {
    const { mfa, given } = call;
    const member = memberOf(call);
    const options = { reason: reasonOf(call), everywhere: given.has('everywhere') };
    const result = await mfa.members.unlock(member, options);
    if (result.outcome === 'not-found') return notFound(member.userId);
    if (result.outcome === 'refused') return protectedElsewhere(member.userId, 'unlock');
    return done({ ...result, userId: member.userId }, `${member.userId} is unlocked.`);
  },
};

const DAYS: CommandOption = {
  type: 'string',
  about: 'The number of days that the exemption lasts.',
  schema: z.string().regex(/^[1-9]\d{0,3}$/),
  allowed: 'a whole number of days from 1 to 3660',
  write: '--days 30',
  shown: true,
};

const UNTIL: CommandOption = {
  type: 'string',
  about:
    'The end of the exemption, instead of --days, as a date or an instant in ISO 8601. A date means 00:00 UTC.',
  schema: z.union([z.iso.date(), z.iso.datetime({ offset: true })]),
  allowed: 'a date, or an instant with its offset, in ISO 8601',
  write: '--until 2027-01-31',
  shown: true,
};

const REFUSED_EXEMPTIONS: ReadonlyMap<unknown, string> = new Map([
  ['end-not-in-future', 'The end is not in the future. Write a later one: --days 30'],
  ['end-too-far', 'The end is more than ten years ahead. Write an earlier one: --days 365'],
]);

export const exempt: Command = {
  name: 'exempt',
  operands: ONE_USER,
  options: {
    reason: REASON,
    days: DAYS,
    until: UNTIL,
    end: flag('end', 'Ends an exemption early instead.'),
    organization: ORGANIZATION,
  },
  about: 'Lets a person in without a second factor for a while.',
  example: "express-mfa exempt sync --days 30 --reason 'The nightly export cannot ask for a code'",
  run: async (call) => (call.given.has('end') ? endExemption(call) : grantExemption(call)),
};

async function grantExemption(call: CommandCall): Promise<CommandResult> {
  const member = memberOf(call);
  const exemption = { reason: reasonOf(call), until: untilOf(call) };
  try {
    const result = await call.mfa.members.exempt(member, exemption);
    if (result.outcome === 'not-found') return notFound(member.userId);
    const { until } = result.exemption;
    return done(
      { ...result, userId: member.userId },
      `${member.userId} is exempt until ${instantText(until)}.`,
    );
  } catch (error) {
    const because: unknown = Reflect.get(Object(error), 'because');
    const message = REFUSED_EXEMPTIONS.get(because);
    if (message === undefined) throw error;
    return refused({ outcome: 'refused', because, message }, message);
  }
}

function untilOf({ given }: CommandCall): number {
  const days = given.text('days');
  const until = given.text('until');
  if ((days === undefined) === (until === undefined))
    throw new UsageError('The end is missing or given twice: write either --days 30 or --until 2027-01-31.');
  return days === undefined ? Date.parse(until ?? '') : Date.now() + Number(days) * DAY_MS;
}

async function endExemption(call: CommandCall): Promise<CommandResult> {
  const { given, mfa } = call;
  if (given.text('days') !== undefined || given.text('until') !== undefined)
    throw new UsageError('--end ends the exemption now. Leave --days and --until out.');
  const member = memberOf(call);
  const result = await mfa.members.endExemption(member, { reason: reasonOf(call) });
  if (result.outcome === 'not-found') return notFound(member.userId);
  return done({ ...result, userId: member.userId }, `${member.userId} is no longer exempt.`);
}

export const endSessions: Command = {
  name: 'end-sessions',
  operands: { ...ONE_USER, min: 0 },
  options: {
    reason: REASON,
    organization: { ...ORGANIZATION, about: 'All members of this organization, instead of one person.' },
  },
  about: 'Signs out a person everywhere, or all members of an organization.',
  example: "express-mfa end-sessions 7 --reason 'The laptop was stolen'",
  async run(call) {
    const { mfa, given, actorId } = call;
    const [userId] = given.operands;
    const organizationId = given.text('organization');
    const options = { actorId, reason: reasonOf(call) };
    if ((userId === undefined) === (organizationId === undefined))
      throw new UsageError(
        'Name either a person or an organization: write either the id of one person or --organization acme.',
      );
    if (userId !== undefined) {
      await mfa.sessionsOf(userId).endAll(options);
      return done({ outcome: 'ended', userId }, `Every session of ${userId} was ended.`);
    }
    await mfa.policies.endAllSessions(organizationId ?? '', options);
    return done({ outcome: 'ended', organizationId }, `Every session of ${organizationId} was ended.`);
  },
};

export const forget: Command = {
  name: 'forget',
  operands: ONE_USER,
  options: {
    yes: { ...flag('yes', 'Required. Erased data cannot be restored.'), required: true },
    organization: {
      ...ORGANIZATION,
      multiple: true,
      about: 'An organization that the person was in before. Can be given several times.',
      schema: z.array(z.string().min(1)),
    },
  },
  about: 'Erases a person from every store, and from the events. Delete them from your user table first.',
  example: 'express-mfa forget 7 --organization acme --yes',
  async run({ mfa, given }) {
    const [userId = ''] = given.operands;
    await mfa.users.forget(userId, { organizationIds: [...given.list('organization')] });
    return done({ outcome: 'forgotten', userId }, `${userId} is erased from every store.`);
  },
};

/** Never empty, because the option is required and was checked. */
function reasonOf({ given }: CommandCall): string {
  return given.text('reason') ?? '';
}
