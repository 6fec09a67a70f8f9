import express from 'express';
import passport from 'passport';
import request from 'supertest';
import { MfaError, memoryState } from '../../../src/index';
import { redisState } from '../../../src/redis';
import { createGuessedHost, newAddress } from '../../support/guessed-host';
import { addPerson, visit } from '../../support/member';
import { plantApp } from '../../support/planted';
import { createPortal, PASSWORD } from '../../support/portal';
import type { Portal } from '../../support/portal';
import { connectRedis } from '../../support/redis-client';
import { dumpRedis } from '../../support/redis-dump';

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

describe('the passwords of one name, from any number of addresses', () => {
  it('are judged a hundred times in any hour at most, and none is judged after that', async () => {
    const host = createGuessedHost();
    const { clock } = host.portal;
    const person = addPerson(host.portal);
    const judgedAt: number[] = [];
    for (let minute = 0; minute < 150; minute += 1) {
      const { length } = host.judged;
      for (let n = 0; n < 3; n += 1) await host.call(person.username, newAddress(), 'guessed');
      judgedAt.push(...host.judged.slice(length).map(() => minute));
      clock.advance(60_000);
    }
    const inHourFrom = (start: number) => judgedAt.filter((at) => at >= start && at < start + 60).length;
    const most = Math.max(...judgedAt.map(inHourFrom));
    expect(most).toBeLessThanOrEqual(100);
    expect(most).toBeGreaterThan(60);
    await host.portal.mfa.close();
  });

  it('are told of, whether they come by a form or by HTTP Basic', async () => {
    const host = createGuessedHost();
    const told: string[] = [];
    host.portal.mfa.events.on('event', ({ name, address }) => told.push(`${name} ${address}`));
    const [one, other] = [newAddress(), newAddress()];
    for (let n = 0; n < 11; n += 1) await host.logIn('nobody', one, 'guessed');
    for (let n = 0; n < 11; n += 1) await host.call('nobody', other, 'guessed');
    for (const address of [one, other]) {
      expect(told.filter((event) => event === `password-rejected ${address}`)).toHaveLength(10);
      expect(told.filter((event) => event === `password-throttled ${address}`)).toHaveLength(1);
    }
    await host.portal.mfa.close();
  });

  it('count although the callback says by an error that they are wrong', async () => {
    const portal: Portal = createPortal({
      verify(_username, password, done) {
        if (password === PASSWORD) done(null, portal.users.get('ada'));
        else done(new Error('That is wrong.'));
      },
    });
    for (let n = 0; n < 10; n += 1) expect((await visit(portal).logIn('ada', 'guessed')).status).toBe(500);
    expect((await visit(portal).logIn('ada')).status).toBe(429);
    await portal.mfa.close();
  });

  it.each(['reservePassword', 'settlePassword'] as const)('let nobody in where %s fails', async (verb) => {
    const unavailable = () => Promise.reject(new MfaError('store-unavailable', 'Down.'));
    const host = createGuessedHost({ state: { ...memoryState(), [verb]: unavailable } });
    const person = addPerson(host.portal);
    for (const password of [PASSWORD, 'guessed']) {
      const identity = host.visitFrom(newAddress());
      const answer = await identity.postJson('/mfa/login', { username: person.username, password });
      expect([answer.status, answer.body.because]).toEqual([503, 'store-unavailable']);
      expect((await identity.getJson('/whoami')).body.authenticated).toBe(false);
      expect(await host.call(person.username, newAddress(), password)).toBe(503);
    }
    expect(host.judged).toHaveLength(verb === 'reservePassword' ? 0 : 4);
    await host.portal.mfa.close();
  });

  it('can be guessed at again when a window is over, or after a clock that was ahead was set right', async () => {
    const host = createGuessedHost();
    const { clock } = host.portal;
    const person = addPerson(host.portal);
    await host.attack(person.username);
    clock.advance(899_000);
    expect(await host.call(person.username, newAddress())).toBe(429);
    clock.advance(1000);
    expect(await host.call(person.username, newAddress())).toBe(200);
    clock.advance(365 * 86_400_000);
    const attacker = newAddress();
    for (let n = 0; n < 101; n += 1) await host.call(`somebody-${n}`, attacker, 'guessed');
    await host.attack(person.username);
    clock.advance(-365 * 86_400_000);
    for (const address of [newAddress(), attacker])
      expect(await host.call(person.username, address)).toBe(429);
    clock.advance(900_000);
    for (const address of [newAddress(), attacker])
      expect(await host.call(person.username, address)).toBe(200);
    await host.portal.mfa.close();
  });
});

describe('what is kept of passwords that were tried', () => {
  it('has neither the name nor the address in it', async () => {
    const redis = connectRedis();
    await redis.flushdb();
    const host = createGuessedHost({ state: redisState(redis) });
    const person = addPerson(host.portal, { id: 'an id', username: 'known.person@acme.example' });
    await host.logIn(person.username, '203.0.113.77');
    await host.call(person.username, '203.0.113.78', 'guessed');
    await host.call('Typed-Into-The-Wrong-Field', '203.0.113.78', 'guessed');
    const held = [...(await dumpRedis(redis))]
      .filter(([key]) => key.startsWith('mfa:{n'))
      .map(([, text]) => text)
      .join();
    expect(held.match(/mfa:\{(name|network):[\w.-]+\}:\w+/g)).toHaveLength(4);
    expect(held).not.toMatch(/known|acme|wrong-field|203|113/i);
    await host.portal.mfa.close();
    redis.disconnect();
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
