import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import express, { type Express } from 'express';
import { ENGLISH } from '../../src/factors/factor-words';
import { verifyAssertion, verifyRegistration } from '../../src/factors/passkey/ceremony';
import {
  createAssertionOptions,
  createRegistrationOptions,
} from '../../src/factors/passkey/ceremony-options';
import { afterAssertion, type PasskeyState } from '../../src/factors/passkey/passkey-state';
import { parseResponse } from '../../src/factors/passkey/submitted-credential';
import type { PageLocals } from '../../src/http/kernel/render-page';
import { element } from '../../src/messages/message-format';

const views = join(__dirname, '..', '..', 'views');
const USER_HANDLE = Buffer.alloc(32, 9).toString('base64url');

/** The form of a page: what `partials/code-prompt` puts around the prompt for a passkey. */
const FORM = `<%- include('partials/open', { title: 'Passkey', width: 'card', failed: error !== null }) %>
<div class="card"><h1><%= heading %></h1>
<form class="form" method="post" data-once><%- include('factors/passkey/prompt') %>
<button class="button button-primary" type="submit">Continue</button></form></div>
<% if (signal !== null) { %><div data-passkey-signal="<%= JSON.stringify(signal) %>"></div><% } %>
<%- include('partials/close') %>`;

/**
 * A site with one account and nothing but passkeys: the package's views, script and ceremony, on their own. `/create` registers, `/get`
 * asks, and the answer says in its heading how it was judged.
 */
export function createPasskeySite(origin: string) {
  const relyingParty = { id: 'localhost', name: 'Portal', origins: [origin] };
  const site = {
    passkeys: [] as PasskeyState[],
    /** How long the browser waits for the person. */
    promptMs: 300_000,
    /** Whether the page says which passkeys are left. */
    signals: false,
    app: express() as Express,
  };
  let challenge = newChallenge();

  async function show(
    res: express.Response,
    ceremony: 'create' | 'get',
    heading: string,
    error: string | null,
  ) {
    const options =
      ceremony === 'create'
        ? await createRegistrationOptions({
            challenge,
            relyingParty,
            user: { handle: USER_HANDLE, name: 'ada@example.com', displayName: 'Ada' },
            existing: site.passkeys,
            authenticator: 'passkey',
          })
        : await createAssertionOptions({
            challenge,
            relyingParty,
            allow: site.passkeys,
            userVerification: 'preferred',
          });
    const allAcceptedCredentialIds = site.passkeys.map(({ credentialId }) => credentialId);
    const signal = { rpId: relyingParty.id, userId: USER_HANDLE, allAcceptedCredentialIds };
    res.set(
      'Content-Security-Policy',
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'",
    );
    const { render } = await import('ejs');
    res.type('html').send(
      render(
        FORM,
        {
          page: PAGE,
          t: ENGLISH.t,
          html: ENGLISH.html,
          element,
          translator: ENGLISH,
          ceremony,
          heading,
          error,
          alternatives: [],
          options: { ...options, timeout: site.promptMs },
          signal: site.signals ? signal : null,
        },
        { filename: join(views, 'passkey-site.ejs') },
      ),
    );
  }

  site.app.use('/assets', express.static(join(views, 'assets')));
  site.app.use(express.urlencoded({ extended: false, limit: '10kb' }));
  site.app.get('/create', (_req, res) => show(res, 'create', 'Add a passkey', null));
  site.app.get('/get', (_req, res) => show(res, 'get', 'Confirm with your passkey', null));
  site.app.post('/create', async (req, res) => {
    const asked = takeChallenge();
    const response = parseResponse(req.body.response);
    if (response === null) return show(res, 'create', 'No answer', 'Nothing arrived.');
    const lists = { allowedAaguids: null, deniedAaguids: [] };
    const result = await verifyRegistration({ response, challenge: asked, relyingParty, ...lists });
    if (result.outcome === 'rejected') return show(res, 'create', `Refused: ${result.because}`, 'Refused.');
    site.passkeys.push(result.state);
    res.send('<!doctype html><title>Saved</title><h1>Saved</h1>');
  });
  site.app.post('/get', async (req, res) => {
    const asked = takeChallenge();
    const response = parseResponse(req.body.response);
    const index = site.passkeys.findIndex(({ credentialId }) => credentialId === response?.id);
    const state = site.passkeys[index];
    if (response === null || state === undefined) return show(res, 'get', 'No answer', 'Nothing arrived.');
    const expected = { challenge: asked, relyingParty, state, userHandle: USER_HANDLE };
    const result = await verifyAssertion({ response, ...expected, requireUserVerification: false });
    if (result.outcome === 'rejected') return show(res, 'get', `Refused: ${result.because}`, 'Refused.');
    site.passkeys[index] = afterAssertion(state, result) ?? state;
    const how = result.userVerified ? 'verified' : 'present';
    res.send(`<!doctype html><title>Proven</title><h1>Proven: ${how}</h1>`);
  });

  function takeChallenge(): string {
    const taken = challenge;
    challenge = newChallenge();
    return taken;
  }

  return site;
}

const newChallenge = () => randomBytes(16).toString('base64url');

const PAGE: PageLocals = {
  issuer: 'Portal',
  basePath: '',
  homePath: '/',
  assetsPath: '/assets',
  stylesheets: [],
  logoUrl: null,
  faviconUrl: null,
  supportUrl: null,
  helpLinks: [],
  signInLinks: [],
  csrfField: { name: '_csrf', value: '' },
  signedIn: false,
  account: null,
  returnTo: null,
  formsStay: false,
  script: true,
  lang: 'en',
  dir: 'ltr',
  languages: [],
  here: null,
};
