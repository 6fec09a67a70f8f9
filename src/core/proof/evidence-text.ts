import type { Evidence, EvidenceMethod } from '../decision/assurance';
import { decodeId, encodeId } from '../text/encoded-id';

/*
 * Evidence as short text without quotes, since it stands in every session and every unfinished login: items behind commas, each
 * a letter (a capital one for a sign-in that was seen) and an instant, and after colons the authenticator, the channel, and `e` for an
 * SMS code that went by email.
 */

const LETTERS: Readonly<Record<EvidenceMethod, string>> = {
  password: 'p',
  host: 'h',
  federated: 'f',
  'remembered-browser': 'b',
  totp: 't',
  email: 'e',
  sms: 's',
  'recovery-code': 'r',
};

const METHODS: ReadonlyMap<string, EvidenceMethod> = new Map<string, EvidenceMethod>([
  [LETTERS.password, 'password'],
  [LETTERS.host, 'host'],
  [LETTERS.federated, 'federated'],
  [LETTERS['remembered-browser'], 'remembered-browser'],
  [LETTERS.totp, 'totp'],
  [LETTERS.email, 'email'],
  [LETTERS.sms, 'sms'],
  [LETTERS['recovery-code'], 'recovery-code'],
]);

export function letterOfMethod(method: EvidenceMethod): string {
  return LETTERS[method];
}

export function methodOfLetter(letter: string): EvidenceMethod | undefined {
  return METHODS.get(letter);
}

export function writeEvidence(evidence: readonly Evidence[]): string {
  return evidence.map(writeItem).join(',');
}

function writeItem({ method, at, authenticatorId, channel, seen, sentBy }: Evidence): string {
  const letter = seen === true ? LETTERS[method].toUpperCase() : LETTERS[method];
  const fact = letter + writeInstant(at);
  const rest = [encodeId(authenticatorId ?? ''), encodeId(channel ?? ''), sentBy === undefined ? '' : 'e'];
  return `${fact}:${rest.join(':')}`.replace(/:+$/, '');
}

/** Null where this is not what `writeEvidence` writes. */
export function readEvidence(text: string): readonly Evidence[] | null {
  if (text === '') return [];
  const read: Evidence[] = [];
  for (const item of text.split(',')) {
    const evidence = readItem(item);
    if (evidence === null) return null;
    read.push(evidence);
  }
  return read;
}

function readItem(item: string): Evidence | null {
  const [fact = '', authenticatorId = '', channel = '', sentBy = '', ...more] = item.split(':');
  const letter = fact.charAt(0);
  const method = METHODS.get(letter.toLowerCase());
  const isSeen = letter !== letter.toLowerCase();
  const at = readInstant(fact.slice(1));
  if (method === undefined || at === null || more.length > 0) return null;
  if (isSeen && method !== 'host' && method !== 'federated') return null;
  if (sentBy !== '' && sentBy !== 'e') return null;
  return {
    method,
    at,
    ...(authenticatorId === '' ? {} : { authenticatorId: decodeId(authenticatorId) }),
    ...(channel === '' ? {} : { channel: decodeId(channel) }),
    ...(isSeen ? { seen: true } : {}),
    ...(sentBy === '' ? {} : { sentBy: 'email' }),
  };
}

/** An instant in few characters: base 36, eight of them until the year 2059. */
export function writeInstant(at: number): string {
  return at.toString(36);
}

/** Null where it is none. */
export function readInstant(text: string): number | null {
  if (!/^[0-9a-z]{1,11}$/.test(text)) return null;
  const at = Number.parseInt(text, 36);
  return Number.isSafeInteger(at) ? at : null;
}
