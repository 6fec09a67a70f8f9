// Asks the browser for a passkey and sends its answer with the form. Without this file the page says so, and every other method works.
'use strict';
(() => {
  const library = globalThis.SimpleWebAuthnBrowser;

  /** True the first time that it is asked about a challenge: a page that is reloaded doesn't open the prompt again. */
  function isFirstTime(challenge) {
    const key = 'express-mfa-passkey-asked';
    try {
      if (sessionStorage.getItem(key) === challenge) return false;
      sessionStorage.setItem(key, challenge);
      return true;
    } catch {
      return false;
    }
  }

  /** Browsers refuse to open the prompt for a page that is in the background. */
  function whenInFront(act) {
    if (document.hasFocus()) act();
    else window.addEventListener('focus', act, { once: true });
  }

  /** The name of the sentence on the page that says what happened. Browsers answer NotAllowedError for nearly everything. */
  function toOutcome({ name }) {
    if (name === 'NotAllowedError' || name === 'AbortError') return 'closed';
    return name === 'InvalidStateError' ? 'known' : 'failed';
  }

  /** What the server reads. A body with the rest could be longer than it takes. */
  function toAnswer({ id, rawId, type, response }) {
    const { clientDataJSON, attestationObject, transports, authenticatorData, signature, userHandle } =
      response;
    const signed =
      attestationObject === undefined
        ? { authenticatorData, signature, userHandle }
        : { attestationObject, transports };
    return JSON.stringify({ id, rawId, type, response: { clientDataJSON, ...signed } });
  }

  /** The sign-in page may stay open for longer than its challenge holds, which is five minutes. */
  const RENEW_AFTER_MS = 4 * 60_000;

  async function renewOptions(form, path) {
    const answer = await fetch(path, {
      method: 'POST',
      headers: { accept: 'application/json' },
      body: new URLSearchParams(new FormData(form)),
    });
    return (await answer.json()).passkey.options;
  }

  function usePasskey(part) {
    const field = part.querySelector('[name=response]');
    const { form } = field;
    const { passkeyRenew } = part.dataset;
    let options = JSON.parse(part.dataset.passkeyOptions);
    let readAt = Date.now();
    const start = part.dataset.passkey === 'create' ? library.startRegistration : library.startAuthentication;
    let isOpen = false;

    function say(outcome) {
      part.querySelectorAll('[data-passkey-outcome]').forEach((sentence) => {
        sentence.hidden = sentence.dataset.passkeyOutcome !== outcome;
      });
    }

    async function read() {
      if (passkeyRenew !== undefined && Date.now() - readAt >= RENEW_AFTER_MS) {
        options = await renewOptions(form, passkeyRenew);
        readAt = Date.now();
      }
      return { optionsJSON: options };
    }

    function send(credential) {
      field.value = toAnswer(credential);
      form.requestSubmit();
    }

    async function ask() {
      if (isOpen) return;
      isOpen = true;
      say(null);
      try {
        send(await start(await read()));
      } catch (error) {
        say(toOutcome(error));
      }
      isOpen = false;
      if (passkeyRenew !== undefined && field.value === '') void offer();
    }

    /** Lists passkeys at the name field, until one is chosen there or the button opens the prompt. */
    async function offer() {
      if (!(await library.browserSupportsWebAuthnAutofill())) return;
      try {
        send(await start({ ...(await read()), useBrowserAutofill: true }));
      } catch {
        // The button took its place, or it was renewed.
      }
    }

    // Before the listener that lets a form go only once: until there is an answer, nothing is sent.
    window.addEventListener(
      'submit',
      (event) => {
        if (event.target !== form || field.value !== '') return;
        event.preventDefault();
        event.stopImmediatePropagation();
        void ask();
      },
      { capture: true },
    );
    // Coming back with the back button restores the page with an answer that was used.
    window.addEventListener('pageshow', (event) => {
      if (event.persisted) field.value = '';
    });
    field.value = '';
    part.dataset.passkeyReady = 'yes';
    if (passkeyRenew !== undefined) {
      form.hidden = false;
      void offer();
      setInterval(() => {
        if (!isOpen) void offer();
      }, RENEW_AFTER_MS);
    }
    if (part.dataset.passkeyOpens === 'yes' && isFirstTime(options.challenge)) whenInFront(ask);
  }

  /** Tells the browser which passkeys are left, so that it stops offering the others. */
  function signal({ dataset }) {
    const told = globalThis.PublicKeyCredential?.signalAllAcceptedCredentials?.(
      JSON.parse(dataset.passkeySignal),
    );
    told?.catch(() => undefined);
  }

  if (library?.browserSupportsWebAuthn()) document.querySelectorAll('[data-passkey]').forEach(usePasskey);
  document.querySelectorAll('[data-passkey-signal]').forEach(signal);
})();
