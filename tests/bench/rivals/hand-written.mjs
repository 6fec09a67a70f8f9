import { RedisStore } from 'connect-redis';
import express from 'express';
import session from 'express-session';
import { Redis } from 'ioredis';
import { verifySync } from 'otplib';
import passport from 'passport';
import { Strategy as LocalStrategy } from 'passport-local';
import { cheapHash, COUNT, emailOf, listen, PASSWORD, totpKeyOf } from './people.mjs';

// The login of the tutorials: Passport for the password, otplib for the code, a flag in the session. It counts no
// attempts, remembers no time step, limits no passwords, knows no policy and checks no token on its forms.

const byId = new Map();
const byEmail = new Map();
for (let index = 0; index < COUNT; index += 1) {
  const user = { id: `u${index}`, email: emailOf(index), hash: cheapHash(PASSWORD), key: totpKeyOf(index) };
  byId.set(user.id, user);
  byEmail.set(user.email, user);
}

passport.use(
  new LocalStrategy({ usernameField: 'email' }, (email, password, done) => {
    const user = byEmail.get(email);
    done(null, user !== undefined && cheapHash(password) === user.hash ? user : false);
  }),
);
passport.serializeUser((user, done) => done(null, user.id));
passport.deserializeUser((id, done) => done(null, byId.get(id) ?? false));

const client = new Redis(process.env.REDIS_URL);
const app = express();
app.disable('x-powered-by').set('etag', false);
app.use(express.json());
app.use(
  session({
    store: new RedisStore({ client, prefix: 'hand:' }),
    secret: 'keyboard cat',
    resave: false,
    saveUninitialized: false,
    cookie: { maxAge: 86_400_000 },
  }),
);
app.use(passport.session());
const signedIn = (req, res, next) =>
  req.isAuthenticated() ? next() : res.status(401).json({ error: 'login' });
const proven = (req, res, next) =>
  req.session.secondFactor === 'totp' ? next() : res.status(403).json({ error: 'code' });
app.post('/login', passport.authenticate('local'), (req, res) => res.json({ ok: true, next: 'code' }));
app.post('/verify', signedIn, (req, res) => {
  const { valid } = verifySync({ secret: req.user.key, token: String(req.body.code), epochTolerance: 30 });
  if (!valid) return res.status(401).json({ error: 'wrong code' });
  req.session.secondFactor = 'totp';
  res.json({ ok: true });
});
app.get('/protected', signedIn, proven, (req, res) => res.json({ ok: true, user: req.user.email }));
listen(app);
