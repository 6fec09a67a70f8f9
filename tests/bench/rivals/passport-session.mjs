import { RedisStore } from 'connect-redis';
import express from 'express';
import session from 'express-session';
import { Redis } from 'ioredis';
import passport from 'passport';
import { COUNT, emailOf, listen } from './people.mjs';

// The same as plain-session with Passport on top, which finds the user of the session as every app with Passport does:
// no second factor, no guard, only "has somebody signed in".

const byId = new Map(
  Array.from({ length: COUNT }, (_, index) => [`u${index}`, { id: `u${index}`, email: emailOf(index) }]),
);
const byEmail = new Map([...byId.values()].map((user) => [user.email, user]));

passport.serializeUser((user, done) => done(null, user.id));
passport.deserializeUser((id, done) => done(null, byId.get(id) ?? false));

const client = new Redis(process.env.REDIS_URL);
const app = express();
app.disable('x-powered-by').set('etag', false);
app.use(
  session({
    store: new RedisStore({ client, prefix: 'passport:' }),
    secret: 'keyboard cat',
    resave: false,
    saveUninitialized: false,
    cookie: { maxAge: 86_400_000 },
  }),
);
app.use(passport.session());
app.post('/login', express.json(), (req, res, next) => {
  req.logIn(byEmail.get(req.body.email), (error) => (error ? next(error) : res.json({ ok: true })));
});
app.get('/protected', (req, res) => {
  if (!req.isAuthenticated()) return res.status(401).json({ error: 'login' });
  res.json({ ok: true, user: req.user.email });
});
listen(app);
