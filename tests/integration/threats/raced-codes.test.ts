import { join } from 'node:path';
import { holdVisit, postHeld } from '../../support/held-visit';
import { visit } from '../../support/member';
import { plantApp, plantRecoveryCodes } from '../../support/planted';
import { startProcesses, type Processes } from '../../support/processes';
import { aPasskey, registerPasskey } from '../../support/passkeys';
import { PASSWORD, type Portal } from '../../support/portal';
import { createPostgresDatabase } from '../../support/postgres-database';
import { redisUrl } from '../../support/redis-database';
import { totpCode, wrongCodes } from '../../support/totp';
import { KEY_HOLDER, openRacePortal, RACERS } from './race';
import type { RaceInput, RaceOutcome, Volley } from './race';

// The attack: one right code, or very many wrong ones, sent at the same moment to every process of the app, so that a
// check and the act that follows it come apart. At most one proof may count, and no guess beyond the limits be judged.

const PROCESSES = 4;
const JUDGED = new Set(['wrong-code', 'code-used', 'clock-off', 'satisfied']);
const REFUSED = new Set(['locked', 'attempts-exhausted', 'challenge-expired']);

let processes: Processes<RaceInput, RaceOutcome>;
beforeAll(async () => {
  processes = await startProcesses(join(__dirname, 'race.ts'), PROCESSES);
});
afterAll(() => processes.stop());

describe.each(['Redis', 'PostgreSQL'] as const)(
  'codes raced over four processes, with records in %s',
  (kind) => {
    let postgresUrl: string | null = null;
    let opened: ReturnType<typeof openRacePortal>;
    let portal: Portal;
    const secrets = new Map<string, string>();

    const race = (at: number, volleys: RaceInput['volleys']) =>
      processes.run({ url: redisUrl(), postgresUrl, at, volleys });

    async function pendingLogin(username: string, factor?: string) {
      const person = visit(portal);
      await person.logIn(username);
      if (factor !== undefined) await person.postJson('/mfa/challenge/factor', { authenticatorId: factor });
      return { person, held: await holdVisit(person) };
    }

    /** As many logins as processes, each in a browser of its own. */
    async function pendingLogins(username: string, factor?: string) {
      const logins = [];
      for (let index = 0; index < PROCESSES; index += 1) logins.push(await pendingLogin(username, factor));
      return logins.map(({ held }) => held);
    }

    beforeAll(async () => {
      if (kind === 'PostgreSQL') postgresUrl = await createPostgresDatabase();
      opened = openRacePortal(redisUrl(), postgresUrl);
      ({ portal } = opened);
      await opened.redis.flushdb();
      await opened.migrate();
      await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'assigned' });
      const assign = (userId: string, assignedKind: 'email' | 'sms') =>
        portal.mfa.members.save({ userId, organizationId: 'acme' }, { enabled: true, assignedKind });
      await assign('ada', 'email');
      await assign('mary', 'sms');
      for (const userId of RACERS) {
        secrets.set(userId, (await plantApp(portal, userId)).secret);
      }
    });

    afterAll(async () => {
      await portal.mfa.settled();
      await opened.close();
    });

    const secretOf = (userId: string) => secrets.get(userId) ?? '';

    it('lets exactly one right code in, for every factor', async () => {
      const now = portal.clock.now();
      const [recoveryCode = ''] = await plantRecoveryCodes(portal, 'recovery', 1);
      const byEmail = await pendingLogin('ada');
      const bySms = await pendingLogin('mary');
      const apps = await pendingLogins('totp');
      const recoveries = await pendingLogins('recovery', 'recovery-codes');
      const emailed = byEmail.person.newestCode('ada@acme.example');
      const texted = bySms.person.newestCode('+442079460018');
      const volleys = apps.map((app, index): Volley[] => [
        { name: 'email', visit: byEmail.held, codes: [emailed] },
        { name: 'sms', visit: bySms.held, codes: [texted] },
        {
          name: 'totp',
          visit: app,
          codes: [totpCode(secretOf('totp'), now), totpCode(secretOf('totp'), now)],
        },
        { name: 'recovery', visit: recoveries[index] ?? app, codes: [recoveryCode] },
      ]);
      const results = await race(now, volleys);
      const outcomes = (name: string) => results.flatMap((result) => result[name] ?? []);
      for (const name of ['email', 'sms', 'totp', 'recovery']) {
        expect([name, outcomes(name).filter((outcome) => outcome === 'satisfied')]).toEqual([
          name,
          ['satisfied'],
        ]);
      }
      const people = { ada: 1, mary: 1, totp: 1, recovery: 1 };
      for (const [userId, count] of Object.entries(people)) {
        expect(await portal.mfa.sessionsOf(userId).list()).toHaveLength(count);
      }
    });

    it('lets one answer of a passkey in, once', async () => {
      const passkey = aPasskey();
      const owner = visit(portal);
      await owner.logIn(KEY_HOLDER);
      portal.clock.advance(1000);
      await owner.postJson('/mfa/step-up', { password: PASSWORD });
      expect((await registerPasskey(owner, passkey)).body).toMatchObject({ outcome: 'enrolled' });
      const sessions = (await portal.mfa.sessionsOf(KEY_HOLDER).list()).length;
      const person = visit(portal);
      const asked = await person.logIn(KEY_HOLDER);
      const answer = JSON.stringify(passkey.authenticate(asked.body.passkey.options));
      const held = await holdVisit(person);
      const volleys = Array.from({ length: PROCESSES }, (): Volley[] => [
        { name: 'passkey', visit: held, codes: [answer] },
      ]);
      const results = await race(portal.clock.now(), volleys);
      const outcomes = results.flatMap((result) => result['passkey'] ?? []);
      expect(outcomes).toHaveLength(PROCESSES);
      expect(outcomes.filter((outcome) => outcome === 'satisfied')).toEqual(['satisfied']);
      expect(await portal.mfa.sessionsOf(KEY_HOLDER).list()).toHaveLength(sessions + 1);
    });

    it('never judges more than five of 200 wrong codes of one login, nor the right one after them', async () => {
      const now = portal.clock.now();
      const { person, held } = await pendingLogin('capped');
      const wrong = wrongCodes(secretOf('capped'), now, 200);
      const volleys = Array.from({ length: PROCESSES }, (_, index): Volley[] => [
        { name: 'wrong', visit: held, codes: wrong.slice(index * 50, index * 50 + 50) },
      ]);
      const outcomes = (await race(now, volleys)).flatMap((result) => result['wrong'] ?? []);
      expect(outcomes).toHaveLength(200);
      // The attempt and the guess are counted at once, in two stores. Each may refuse what the other let through, so that none is judged.
      const judged = outcomes.filter((outcome) => JUDGED.has(outcome));
      expect(judged.length).toBeLessThanOrEqual(5);
      expect(outcomes).toContain('locked');
      expect(outcomes.filter((outcome) => !REFUSED.has(outcome))).toEqual(judged);
      const right = await postHeld(portal.app, held, '/mfa/challenge', {
        code: totpCode(secretOf('capped'), now),
      });
      expect(right.status).toBeGreaterThanOrEqual(400);
      expect((await person.getJson('/whoami')).body).toEqual({ authenticated: false, id: null });
      expect(await portal.mfa.sessionsOf('capped').list()).toEqual([]);
    });

    it('never judges more than ten wrong codes of a person over any number of logins', async () => {
      const now = portal.clock.now();
      const logins = [...(await pendingLogins('locked')), ...(await pendingLogins('locked'))];
      const wrong = wrongCodes(secretOf('locked'), now, 40);
      const volleys = Array.from({ length: PROCESSES }, (_, index): Volley[] =>
        [index, index + PROCESSES].map((login) => ({
          name: `wrong ${login}`,
          visit: logins[login] ?? { cookie: '', token: '' },
          codes: wrong.slice(login * 4, login * 4 + 4),
        })),
      );
      const outcomes = (await race(now, volleys)).flatMap((result) => Object.values(result).flat());
      expect(outcomes).toHaveLength(32);
      expect(outcomes.filter((outcome) => JUDGED.has(outcome))).toHaveLength(10);
      expect(outcomes.filter((outcome) => outcome === 'locked')).toHaveLength(22);
      const { person } = await pendingLogin('locked');
      const right = await person.postJson('/mfa/challenge', { code: totpCode(secretOf('locked'), now) });
      expect(right.body).toMatchObject({ outcome: expect.not.stringMatching('signed-in') });
    });
  },
);
