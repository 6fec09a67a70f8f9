// Comfort only: every page works without this file.
'use strict';
(() => {
  document.documentElement.classList.add('with-script');

  // The answer to a form becomes a page like any other: going back to it, or reloading it, asks for nothing to be sent again.
  history.replaceState(history.state, '', location.href);

  const PATIENCE_MS = 15_000;

  /** A second click while the first answer is on its way would spend a second attempt, or send a second code. */
  function submitOnce(form) {
    form.addEventListener('submit', (event) => {
      if (form.dataset.sent === 'yes') {
        event.preventDefault();
        return;
      }
      form.dataset.sent = 'yes';
      event.submitter?.setAttribute('aria-disabled', 'true');
      // Whoever stopped the page, or lost the network, can try again.
      setTimeout(() => release(form), PATIENCE_MS);
    });
  }

  function release(form) {
    delete form.dataset.sent;
    form.querySelectorAll('[aria-disabled]').forEach((button) => button.removeAttribute('aria-disabled'));
  }

  /** Coming back with the back button restores the page as it was left, blocked form included. */
  function allowAgain() {
    document.querySelectorAll('form[data-sent]').forEach(release);
  }

  const LONGEST_TYPED = 32;

  function toAsciiDigit(digit) {
    const codePoint = digit.codePointAt(0);
    let zero = codePoint;
    while (/^\p{Nd}$/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
    return String((codePoint - zero) % 10);
  }

  /** As the server reads it, in `core/normalize-typed.ts`: a form that is sent must be complete there too. */
  function readCode(typed) {
    if (typed.length > LONGEST_TYPED) return '';
    return typed
      .normalize('NFKC')
      .replace(/[\p{White_Space}\p{Pd}\p{Cf}\u2212]/gu, '')
      .replace(/\p{Nd}/gu, toAsciiDigit);
  }

  /** Only where the code is all there is to fill in: a box or a name beside it may still be wanted. */
  function submitWhenComplete(input) {
    const others = input.form.querySelectorAll('input:not([type=hidden], [hidden])');
    if (others.length > 1) return;
    const digits = Number(input.dataset.codeDigits);
    const advice = document.createElement('p');
    advice.id = 'code-advice';
    advice.className = 'visually-hidden';
    advice.textContent = input.dataset.codeAdvice;
    input.insertAdjacentElement('afterend', advice);
    input.setAttribute(
      'aria-describedby',
      `${input.getAttribute('aria-describedby') ?? ''} ${advice.id}`.trim(),
    );
    let before = 0;
    input.addEventListener('input', () => {
      const typed = readCode(input.value);
      const complete = typed.length === digits && /^[0-9]+$/.test(typed);
      if (complete && before < digits) input.form.requestSubmit();
      before = typed.length;
    });
  }

  /** `30 seconds`, or with `{minutes} min {seconds} s` as the pattern `3 min 29 s`, in the language of the page. */
  function writeWait(left, pattern) {
    const { lang } = document.documentElement;
    const unit = { style: 'unit', unit: 'second', unitDisplay: 'long' };
    if (left < 100) return new Intl.NumberFormat(lang, unit).format(left);
    const format = (count) => new Intl.NumberFormat(lang).format(count);
    return pattern
      .replace('{minutes}', format(Math.floor(left / 60)))
      .replace('{seconds}', format(left % 60));
  }

  function countDown(form) {
    const shown = form.querySelector('.resend-left');
    const wait = Number(form.dataset.resendWait);
    if (shown === null || wait <= 0) return;
    const readyAt = performance.now() + wait * 1000;
    form.dataset.waiting = 'yes';
    const timer = setInterval(() => {
      const left = Math.ceil((readyAt - performance.now()) / 1000);
      if (left > 0) {
        shown.textContent = writeWait(left, form.dataset.resendLeft);
        return;
      }
      clearInterval(timer);
      delete form.dataset.waiting;
      form.querySelector('.resend-wait').remove();
      const status = form.querySelector('[data-resend-ready]');
      status.textContent = status.dataset.resendReady;
    }, 250);
  }

  /** Instants come in UTC. The tooltip keeps that text. */
  function showLocalTime(time) {
    const { lang } = document.documentElement;
    const locale = navigator.languages.find((one) => one.split('-')[0] === lang.split('-')[0]) ?? lang;
    const format = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
    time.title = time.textContent;
    time.textContent = format.format(new Date(time.dateTime));
  }

  function listedCodes(selector) {
    const key = document.querySelector(selector)?.dataset.key;
    if (key !== undefined) return key;
    return [...document.querySelectorAll(`${selector} code`)].map((code) => code.textContent).join('\n');
  }

  function copyOnClick(button) {
    button.addEventListener('click', async () => {
      const label = button.querySelector('span');
      let said = button.dataset.copied;
      try {
        await navigator.clipboard.writeText(listedCodes(button.dataset.copy));
      } catch {
        said = button.dataset.notCopied;
      }
      label.textContent = said;
      const status = document.querySelector('[data-copy-status]');
      if (status !== null) status.textContent = said;
    });
  }

  function downloadOnClick(button) {
    button.addEventListener('click', () => {
      const link = document.createElement('a');
      link.href = URL.createObjectURL(
        new Blob([`${listedCodes(button.dataset.download)}\n`], { type: 'text/plain' }),
      );
      link.download = button.dataset.downloadName;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    });
  }

  window.addEventListener('pageshow', (event) => {
    if (event.persisted) allowAgain();
  });
  document.querySelectorAll('form[data-once]').forEach(submitOnce);
  document.querySelectorAll('input[data-code-digits]').forEach(submitWhenComplete);
  document.querySelectorAll('form[data-resend-wait]').forEach(countDown);
  // On a phone the keyboard would hide what stands above the field.
  if (matchMedia('(pointer: fine)').matches) document.querySelector('[data-focus]')?.focus();
  document.querySelectorAll('time[data-instant]').forEach(showLocalTime);
  document.querySelectorAll('[data-copy]').forEach(copyOnClick);
  document.querySelectorAll('[data-download]').forEach(downloadOnClick);
  document
    .querySelectorAll('[data-print]')
    .forEach((button) => button.addEventListener('click', () => window.print()));
})();
