import { urlencoded, Router } from 'express';
import type { Request } from 'express';
import type { Clock, EmailSender, Mfa, StateStore } from 'express-mfa';
import { ORGANIZATIONS } from './accounts';
import type { OrganizationId } from './accounts';
import { hashPassword, isPassword } from './password-hash';
import { createPendingSignUps } from './pending-sign-ups';
import { createSignUpLimits } from './sign-up-limits';
import { signUpMail } from './sign-up-mail';
import type { PasswordHash } from './password-hash';
import type { NewUser, User, UserTable } from './user-table';

const SHORTEST_PASSWORD = 12;
const MAIL_MS = 10_000;
const TOO_MANY = 'There were too many sign-ups from your network. Try again in an hour.';
const WRONG_PASSWORD = 'That isn’t the password you chose when you signed up. Type it again.';

interface SignUpOptions {
  readonly mfa: Mfa<User>;
  readonly users: UserTable;
  readonly email: EmailSender;
  readonly baseUrl: string;
  readonly clock: Clock;
  readonly state: StateStore;
  readonly onError: (error: unknown) => void;
}

/** Sign up, verify the address by a link, and where the organization says so: on to the second factor. */
export function signUpPages(options: SignUpOptions): Router {
  const { mfa, users, email, baseUrl, clock, state, onError } = options;
  const router = Router();
  const pending = createPendingSignUps(clock);
  const limits = createSignUpLimits(state);
  const form = urlencoded({ extended: false, limit: '10kb' });

  router.get('/signup', function showSignUp(req, res) {
    const empty = { name: '', email: '', organizationId: 'acme' };
    res.set('Cache-Control', 'no-store').render('sign-up', pageOf(req, { typed: empty, error: null }));
  });

  router.post('/signup', form, mfa.requireCsrfToken(), async function submitSignUp(req, res) {
    const typed = readForm(req);
    const error = faultOf(typed);
    res.set('Cache-Control', 'no-store');
    if (error !== null) {
      res.status(400).render('sign-up', pageOf(req, { typed, error }));
      return;
    }
    const admission = await limits.admit({ ip: req.ip ?? '', email: typed.email });
    if (admission.outcome === 'too-many') {
      res.status(429).set('Retry-After', String(admission.retryAfterSeconds));
      res.render('sign-up', pageOf(req, { typed, error: TOO_MANY }));
      return;
    }
    const passwordHash = await hashPassword(typed.password);
    // The page says the same whether or not the address is known, and does not wait for the mail; only the owner reads which it was.
    if (admission.outcome === 'send') mailLink(typed, passwordHash).catch(onError);
    res.render('sign-up-sent', { email: typed.email });
  });

  async function mailLink(typed: TypedForm, passwordHash: PasswordHash): Promise<void> {
    const { password: _password, ...fields } = typed;
    const known = users.findByEmail(typed.email) !== undefined;
    const link = known ? `${baseUrl}/mfa/login` : linkTo(pending.add({ ...fields, passwordHash }));
    await email.send(signUpMail({ to: typed.email, known, link }), AbortSignal.timeout(MAIL_MS));
  }

  /**
   * Mail programs open links to look at them, so the account is made by the button on this page. It asks for the password: who signed up
   * with an address of somebody else must not get an account that the owner of the address opens for them.
   */
  router.get('/signup/verify', function showVerification(req, res) {
    const { token } = req.query;
    const found = typeof token === 'string' ? pending.find(token) : undefined;
    res
      .set({ 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' })
      .status(found === undefined ? 404 : 200)
      .render('sign-up-verify', verificationOf(req, found, null));
  });

  router.post('/signup/verify', form, mfa.requireCsrfToken(), async function verifySignUp(req, res, next) {
    res.set({ 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' });
    const token = textOf(req, 'token');
    const tried = pending.spendTry(token);
    if (tried !== undefined && !(await isPassword(textOf(req, 'password'), tried.passwordHash))) {
      res.status(401).render('sign-up-verify', verificationOf(req, tried, WRONG_PASSWORD));
      return;
    }
    const found = tried === undefined ? undefined : pending.take(token);
    if (found === undefined || users.findByEmail(found.email) !== undefined) {
      res.status(404).render('sign-up-verify', verificationOf(req, undefined, null));
      return;
    }
    req.login(users.add(found), (error) => {
      if (error !== undefined && error !== null) next(error);
      else mfa.startOnboarding(req).then((path) => res.redirect(303, path), next);
    });
  });

  const verificationOf = (req: Request, found: NewUser | undefined, error: string | null) => ({
    token: found === undefined ? null : textOf(req, 'token') || req.query['token'],
    email: found?.email ?? null,
    error,
    csrfToken: mfa.csrfToken(req),
  });
  const linkTo = (token: string) => `${baseUrl}/signup/verify?token=${token}`;
  const pageOf = (req: Request, page: { readonly typed: object; readonly error: string | null }) => ({
    ...page,
    organizations: Object.entries(ORGANIZATIONS),
    csrfToken: mfa.csrfToken(req),
  });
  return router;
}

function textOf(req: Request, name: string): string {
  const body: Readonly<Record<string, unknown>> = req.body ?? {};
  const value = body[name];
  return typeof value === 'string' ? value : '';
}

interface TypedForm {
  readonly name: string;
  readonly email: string;
  readonly organizationId: OrganizationId;
  readonly password: string;
}

function readForm(req: Request): TypedForm {
  const organizationId = textOf(req, 'organizationId');
  return {
    name: textOf(req, 'name').trim().slice(0, 80),
    email: textOf(req, 'email').trim().toLowerCase(),
    organizationId: isOrganization(organizationId) ? organizationId : 'acme',
    password: textOf(req, 'password'),
  };
}

const isOrganization = (id: string): id is OrganizationId => Object.hasOwn(ORGANIZATIONS, id);

function faultOf({ name, email, password }: TypedForm): string | null {
  if (name === '') return 'Your name is missing. Type it.';
  if (!/^[^\s@<>",;:()[\]\\]+@[^\s@<>",;:()[\]\\]+\.[^\s@<>",;:()[\]\\]+$/.test(email))
    return 'That isn’t an email address. Type one, such as name@example.com.';
  if (password.length < SHORTEST_PASSWORD)
    return `That password is too short. Choose one of at least ${SHORTEST_PASSWORD} characters.`;
  return null;
}
