import { RedisStore } from 'connect-redis';
import express from 'express';
import session from 'express-session';
import { Redis } from 'ioredis';
import { listen } from './people.mjs';

// express-session on connect-redis and nothing else: no second factor, no guard, only "has somebody signed in".

const client = new Redis(process.env.REDIS_URL);
const app = express();
app.disable('x-powered-by').set('etag', false);
app.use(
  session({
    store: new RedisStore({ client, prefix: 'plain:' }),
    secret: 'keyboard cat',
    resave: false,
    saveUninitialized: false,
    cookie: { maxAge: 86_400_000 },
  }),
);
app.post('/login', express.json(), (req, res, next) => {
  req.session.userId = String(req.body.email);
  req.session.save((error) => (error ? next(error) : res.json({ ok: true })));
});
app.get('/protected', (req, res) => {
  if (!req.session.userId) return res.status(401).json({ error: 'login' });
  res.json({ ok: true, user: req.session.userId });
});
listen(app);
