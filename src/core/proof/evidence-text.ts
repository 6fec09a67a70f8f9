import type { Evidence, EvidenceMethod } from '../decision/assurance';
import { isChannel } from '../member/factor-kind';
import { decodeId, encodeId } from '../text/host-id';

/*
 * Evidence as short text without quotes, since it stands in every session and every pending login: items behind commas, and in each,
 * behind colons, the method, an instant, the authenticator, the channel, the channel that a code fell back to, and values for `amr`. A factor is written
 * with the name of its kind, so that a process that does not know the kind keeps it; every other method is one letter, a capital one
 * for a sign-in that was seen, also by a factor.
 */

const LETTERS: ReadonlyMap<EvidenceMethod, string> = new Map([
  ['password', 'p'],
  ['host', 'h'],
  ['federated', 'f'],
  ['remembered-browser', 'b'],
  ['upstream', 'u'],
]);

const METHODS: ReadonlyMap<string, EvidenceMethod> = new Map(
  [...LETTERS].map(([method, letter]) => [letter, method]),
);

export function writeMethod(method: EvidenceMethod): string {
  return LETTERS.get(method) ?? method;
}

/** Undefined where `writeMethod` writes no such thing. */
export function readMethod(text: string): EvidenceMethod | undefined {
  return METHODS.get(text) ?? (/^[a-z][a-z0-9-]+$/.test(text) && !LETTERS.has(text) ? text : undefined);
}

export function writeEvidence(evidence: readonly Evidence[]): string {
  return evidence.map(writeItem).join(',');
}

function writeItem({ method, at, authenticatorId, channel, seen, sentBy, amr = [] }: Evidence): string {
  const written = writeMethod(method);
  const fact = [seen === true ? written.toUpperCase() : written, writeInstant(at)];
  const rest = [encodeId(authenticatorId ?? ''), encodeId(channel ?? ''), sentBy ?? '', amr.join('+')];
  return [...fact, ...rest].join(':').replace(/:+$/, '');
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
  const [written = '', instant = '', authenticatorId = '', channel = '', sentBy = '', amr = '', ...more] =
    item.split(':');
  const method = readMethod(written.toLowerCase());
  const isSeen = written !== written.toLowerCase();
  const at = readInstant(instant);
  if (method === undefined || at === null || more.length > 0) return null;
  const isSignIn = method === 'host' || method === 'federated' || !LETTERS.has(method);
  if (isSeen && !isSignIn) return null;
  if (sentBy !== '' && !isChannel(sentBy)) return null;
  if (amr !== '' && !/^[a-z]+(?:\+[a-z]+)*$/.test(amr)) return null;
  return {
    method,
    at,
    ...(authenticatorId === '' ? {} : { authenticatorId: decodeId(authenticatorId) }),
    ...(channel === '' ? {} : { channel: decodeId(channel) }),
    ...(isSeen ? { seen: true } : {}),
    ...(sentBy === '' ? {} : { sentBy }),
    ...(amr === '' ? {} : { amr: amr.split('+') }),
  };
}

/** An instant in few characters: base 36, eight of them until the year 2059. */
export function writeInstant(at: number): string {
  return at.toString(36);
}

/** Null if the text is not an instant. */
export function readInstant(text: string): number | null {
  if (!/^[0-9a-z]{1,11}$/.test(text)) return null;
  const at = Number.parseInt(text, 36);
  return Number.isSafeInteger(at) ? at : null;
}
