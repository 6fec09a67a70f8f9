import express from 'express';
import { createMfa, createOutbox, memoryStores } from 'express-mfa';
import { smtpEmail } from 'express-mfa/smtp';
import passport from 'passport';

// An app that signs a person in with a password and begins to set up an authenticator app. Prints `works`, or what did not.

const user = { id: 'ada', username: 'ada', name: 'Ada' };
const views = process.env.VIEWS_PATH;
const mfa = createMfa({
  issuer: 'Compat',
  baseUrl: 'http://localhost',
  keys: [process.env.MFA_KEY],
  ...memoryStores(),
  users: { findById: (id) => (id === user.id ? user : null) },
  email: createOutbox().email,
  ...(process.env.PASSKEYS === '1' ? { passkeys: {} } : {}),
  ...(views === undefined ? {} : { viewsPath: views }),
});

passport.use(mfa.strategy((username, password) => (password === 'right' ? user : false)));
passport.serializeUser((one, done) => done(null, one.id));
passport.deserializeUser((id, done) => done(null, user));

const app = express();
app.use(mfa.sessions(), passport.initialize(), passport.session());
app.use('/mfa', mfa.pages());
app.use(mfa.guard());
app.get('/', (req, res) => res.send('home'));

const cookies = new Map();

async function open(origin, path, form) {
  const answer = await fetch(origin + path, {
    method: form === undefined ? 'GET' : 'POST',
    redirect: 'manual',
    headers: {
      accept: 'text/html',
      cookie: [...cookies].map((pair) => pair.join('=')).join('; '),
      ...(form === undefined ? {} : { origin: 'http://localhost' }),
    },
    ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
  });
  for (const cookie of answer.headers.getSetCookie()) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
    cookies.set(name, value);
  }
  const location = answer.headers.get('location');
  if (location === null) return { status: answer.status, text: await answer.text() };
  return open(origin, new URL(location, origin).pathname);
}

function expect(what, holds, { status, text }) {
  if (!holds) throw new Error(`${what}: ${status} ${text.slice(0, 2000)}`);
}

const tokenOf = ({ text }) => /name="_csrf" value="([^"]+)"/.exec(text)?.[1];

async function signIn(origin) {
  const styles = await open(origin, '/mfa/assets/express-mfa.css');
  expect('styles', styles.status === 200, styles);
  const login = await open(origin, '/mfa/login');
  expect('sign-in page', login.status === 200 && login.text.includes('name="password"'), login);
  const next = await open(origin, '/mfa/login', {
    username: 'ada',
    password: 'right',
    _csrf: tokenOf(login),
  });
  expect('page after the password', next.status === 200 && next.text.includes('/mfa/enroll'), next);
  const before = await open(origin, '/mfa/enroll/totp');
  const setUp = await open(origin, '/mfa/enroll/totp', { _csrf: tokenOf(before) });
  expect('QR code', setUp.status === 200 && /<path d="M\d+ \d+h\d+v1h/.test(setUp.text), setUp);
}

async function run() {
  if (typeof smtpEmail !== 'function') throw new Error('express-mfa/smtp has no smtpEmail.');
  await mfa.policies.save('default', { enabled: true, enrollment: 'required' });
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  await signIn(`http://127.0.0.1:${server.address().port}`);
  console.log('works');
  process.exit(0);
}

run().catch((error) => {
  console.error(error);
  process.exit(1);
});
