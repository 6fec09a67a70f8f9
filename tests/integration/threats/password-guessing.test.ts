import express from 'express';
import passport from 'passport';
import request from 'supertest';
import { addPerson, visit } from '../../support/member';
import { plantApp } from '../../support/planted';
import { createPortal, PASSWORD } from '../../support/portal';

// The attack: passwords are guessed for one person, or for many from one network; or a right one is used where no session
// begins that could be asked for a second factor.

describe('passwords that are guessed', () => {
  it('are refused after ten for one person, right and wrong alike, by whatever way in', async () => {
    const portal = createPortal();
    const [person, other] = [addPerson(portal), addPerson(portal)];
    for (let guess = 0; guess < 10; guess += 1) {
      const wrong = await visit(portal).logIn(person.username, 'guessed');
      expect([wrong.status, wrong.body.because]).toEqual([401, 'wrong-credentials']);
    }
    for (const username of [person.username, ` ${person.username.toUpperCase()} `]) {
      const refused = await visit(portal).logIn(username);
      expect([refused.status, refused.body.because]).toEqual([429, 'too-many-passwords']);
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    }
    const byHost = visit(portal);
    await byHost.post('/login', { username: person.username, password: PASSWORD });
    expect((await byHost.getJson('/whoami')).body.authenticated).toBe(false);
    expect((await visit(portal).logIn(other.username)).body.outcome).toBe('signed-in');
  });

  it('are counted for the network that an IPv6 visitor owns, not for each of its addresses', async () => {
    const passwordThrottle = { perAddress: { points: 2 } };
    const portal = createPortal({ passwordThrottle });
    portal.app.set('trust proxy', true);
    const guessFrom = async (address: string) => {
      const guest = visit(portal);
      const guess = { username: addPerson(portal).username, password: 'guessed' };
      return (await guest.postJson('/mfa/login', guess, { 'x-forwarded-for': address })).status;
    };
    expect(await guessFrom('2001:db8:0:1::1')).toBe(401);
    expect(await guessFrom('2001:db8:0:1:ffff::2')).toBe(401);
    expect(await guessFrom('2001:db8:0:1::3')).toBe(429);
    expect(await guessFrom('2001:db8:0:2::1')).toBe(401);
    expect(await guessFrom('192.0.2.1')).toBe(401);
  });
});

describe('a login of Passport without a session', () => {
  it('is for those alone of whom no second factor is asked', async () => {
    const portal = createPortal();
    const own = new passport.Passport();
    own.use(
      portal.mfa.strategy(async (username, password) => {
        const user = [...portal.users.values()].find((one) => one.username === username);
        return user?.password === password ? user : false;
      }),
    );
    const api = express();
    api.use(portal.mfa.sessions(), express.json());
    api.post('/token', own.authenticate('mfa', { session: false }), (_req, res) => {
      res.json({ granted: true });
    });
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'optional' });
    const [enrolled, offered, exempt] = [addPerson(portal), addPerson(portal), addPerson(portal)];
    await plantApp(portal, enrolled.id);
    await portal.mfa.members.exempt(
      { userId: exempt.id, organizationId: 'acme', actorId: 'ada' },
      { reason: 'Nightly import', until: portal.clock.now() + 86_400_000 },
    );
    const ask = async (username: string) =>
      (await request(api).post('/token').send({ username, password: PASSWORD })).body.granted === true;
    expect(await Promise.all([enrolled, offered, exempt].map(({ username }) => ask(username)))).toEqual([
      false,
      false,
      true,
    ]);
  });
});
