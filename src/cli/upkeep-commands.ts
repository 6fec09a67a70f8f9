import { someText } from '../options/option-kinds';
import type { Command, CommandCall, CommandResult } from './command';
import { done, flag, NO_OPERANDS, OWN_ORGANIZATION, refused } from './command';

export const reseal: Command = {
  name: 'reseal',
  operands: { name: 'USER …', min: 0, max: Number.POSITIVE_INFINITY },
  options: {
    organization: OWN_ORGANIZATION,
    cursor: {
      type: 'string',
      about: 'Continues an interrupted run.',
      ...someText('the cursor that the interrupted run printed', '--cursor CURSOR'),
    },
  },
  about:
    'Encrypts secrets and addresses again with the first key, for an organization or for the named people.',
  example: 'express-mfa reseal --organization acme',
  run: resealOrganization,
};

async function resealOrganization({ mfa, given }: CommandCall): Promise<CommandResult> {
  const { operands: userIds } = given;
  const organizationId = given.text('organization') ?? 'default';
  let cursor = given.text('cursor');
  try {
    const progress = await mfa.resealAll({
      organizationId,
      ...(userIds.length === 0 ? {} : { userIds }),
      ...(cursor === undefined ? {} : { cursor }),
      onBatch: (sofar) => {
        cursor = sofar.cursor;
      },
    });
    const { users, resealed, unreadable } = progress;
    const json = { outcome: 'resealed', organizationId, users, resealed, unreadable };
    const line = `${resealed} secrets and addresses of ${users} people were encrypted again.`;
    if (unreadable === 0) return done(json, line);
    const problem = `${unreadable} open with none of the keys: put the key that sealed them back into \`keys\`, and run this again.`;
    return refused(json, line, problem);
  } catch (error) {
    if (cursor !== undefined)
      console.error(
        `To continue, write: express-mfa reseal --organization ${organizationId} --cursor ${cursor}`,
      );
    throw error;
  }
}

export const migrate: Command = {
  name: 'migrate',
  operands: NO_OPERANDS,
  options: { sql: flag('sql', 'Prints the SQL for an empty database, and changes nothing.') },
  about: 'Creates the tables of the record store, or brings them up to date.',
  example: 'express-mfa migrate',
  async run({ mfa, given }) {
    const sql = mfa.migrationSql();
    if (sql === null)
      return done({ outcome: 'no-tables' }, 'The record store has no tables: there is nothing to do.');
    if (given.has('sql')) return done({ outcome: 'sql', sql }, sql.trimEnd());
    return done(await mfa.migrate(), 'The tables are up to date.');
  },
};
