import type { RequestHandler } from 'express';
import express from 'express';
import passport from 'passport';
import { createMfa, createOutbox } from 'express-mfa';
import { createHttpAgent } from '../../support/http-agent';
import { TEST_KEY } from '../../support/portal';
import { storeKinds } from '../../support/store-kinds';

const user = { id: 'reader', email: 'reader@shop.example' };

describe.each(storeKinds)('half a login that a link in a mail is noted of, on $kind', ({ open }) => {
  it('is shown no code to that address, in the request that notes it neither', async () => {
    const { records, state, close } = open();
    const outbox = createOutbox();
    const mfa = createMfa({
      issuer: 'Shop',
      baseUrl: 'http://localhost',
      keys: [TEST_KEY],
      records,
      state,
      email: outbox.email,
      users: { findById: () => user },
      defaultPolicy: { enabled: true, enrollment: 'assigned' },
    });
    const who = { userId: user.id, organizationId: 'default' };
    await mfa.members.save(who, { enabled: true, assignedKind: 'email' });
    const passports = new passport.Passport();
    passports.use(mfa.strategy(async () => user));
    const noteLink: RequestHandler = (req, _res, next) => {
      if (req.query['link'] === undefined) return next();
      mfa.noteFirstFactor(req, { channel: 'email', address: user.email }).then(() => next(), next);
    };
    const app = express();
    app.use(mfa.sessions(), passports.initialize(), passports.session(), noteLink);
    app.use('/mfa', mfa.pages());

    const reader = createHttpAgent(app);
    const login = await reader.postJson('/mfa/login', { username: 'a', password: 'b' });
    expect(login.body).toMatchObject({ outcome: 'challenge', anyOf: [{ kind: 'email' }] });
    expect((await reader.getJson('/mfa/challenge')).body.outcome).toBe('challenge');
    const sameChannel = { outcome: 'deny', because: 'same-channel' };
    expect((await reader.getJson('/mfa/challenge?link')).body).toMatchObject(sameChannel);
    expect((await reader.getJson('/mfa/challenge')).body).toMatchObject(sameChannel);
    await mfa.close();
    close();
  });
});
