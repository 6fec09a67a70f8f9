import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';

const path = join(__dirname, '..', '..', 'views', 'assets', 'express-mfa.js');
const source = readFileSync(path, 'utf8');

const nothing = () => undefined;

/**
 * Runs the pages' own script over a document that has one field for a code and nothing else. The answer types into that field
 * and says whether the script sent the form.
 */
export function runPageScript(): (typed: string) => boolean {
  let sent = false;
  let onInput: () => void = nothing;
  const input = {
    value: '',
    dataset: { codeDigits: '6' },
    form: {
      querySelectorAll: () => [input],
      requestSubmit() {
        sent = true;
      },
    },
    insertAdjacentElement: nothing,
    getAttribute: () => null,
    setAttribute: nothing,
    addEventListener(_type: 'input', listener: () => void) {
      onInput = listener;
    },
  };
  const document = {
    documentElement: { classList: { add: nothing } },
    createElement: () => ({}),
    querySelector: () => null,
    querySelectorAll: (selector: string) => (selector === 'input[data-code-digits]' ? [input] : []),
  };
  const matchMedia = () => ({ matches: true });
  const history = { state: null, replaceState: nothing };
  const location = { href: 'http://localhost/mfa/challenge' };
  const globals = { document, matchMedia, history, location, window: { addEventListener: nothing } };
  runInContext(source, createContext(globals), { filename: path });
  return function type(typed) {
    input.value = '';
    onInput();
    sent = false;
    input.value = typed;
    onInput();
    return sent;
  };
}
