import type { Request } from 'express';
import { parseEmailAddress, type ParsedEmailAddress } from '../../core/address/email-address';
import {
  exampleNumber,
  isCountryCode,
  parsePhoneNumber,
  type CountryCode,
} from '../../core/address/phone-number';
import type { FactorKind } from '../../core/member/factor-kind';
import { channelOfKind } from '../../factors/find-factor';
import type { Account } from '../../options/ports';
import type { KnownPageRequest } from '../kernel/page-route';

export type TypedDestination =
  | { readonly outcome: 'parsed'; readonly destination: string }
  /** The country was guessed: the person says first whether the number is right, since a code may reach a stranger. */
  | { readonly outcome: 'to-confirm'; readonly international: string }
  | { readonly outcome: 'refused'; readonly because: string };

/** The number or address as typed. An empty email field means the address on file. */
export function readDestination(page: KnownPageRequest, kind: FactorKind, typed: unknown): TypedDestination {
  const { account } = page.identity;
  if (channelOfKind(kind) === 'sms') return readPhone(page, account, typed);
  const onFile = parseEmailAddress(account.email);
  if (typed === undefined || typed === '') return toDestination(onFile);
  const parsed = parseEmailAddress(typed);
  const isOnFile =
    parsed.outcome === 'parsed' && onFile.outcome === 'parsed' && parsed.address === onFile.address;
  // Mail reaches hosts of one name inside a network; typed by a person it is a slip.
  if (parsed.outcome === 'parsed' && !isOnFile && !/@.*\./.test(parsed.address))
    return { outcome: 'refused', because: 'not-an-email-address' };
  return toDestination(parsed);
}

function toDestination(parsed: ParsedEmailAddress): TypedDestination {
  return parsed.outcome === 'parsed' ? { outcome: 'parsed', destination: parsed.address } : parsed;
}

function readPhone(page: KnownPageRequest, account: Account, typed: unknown): TypedDestination {
  const parsed = parsePhoneNumber(typed);
  if (parsed.outcome === 'parsed') return { outcome: 'parsed', destination: parsed.e164 };
  if (parsed.because !== 'country-code-missing' || page.json) return parsed;
  const country = guessCountry(page.req, { account, allowed: page.context.options.allowedCountries });
  if (country === null) return parsed;
  const guessed = parsePhoneNumber(typed, country);
  return guessed.outcome === 'parsed'
    ? { outcome: 'to-confirm', international: guessed.international }
    : guessed;
}

/** The country a number without a country code is likely from: that of the number on file, or of the browser's language. */
export function guessCountry(
  req: Request,
  known: { readonly account: Account; readonly allowed: readonly CountryCode[] | null },
): CountryCode | null {
  const { account, allowed } = known;
  const onFile = parsePhoneNumber(account.phone);
  const guesses: unknown[] = [onFile.outcome === 'parsed' ? onFile.country : null, ...regionsOf(req)];
  const country = guesses
    .filter((guess) => isCountryCode(guess))
    .find((guess) => allowed === null || allowed.includes(guess));
  if (country !== undefined) return country;
  const [only, ...others] = allowed ?? [];
  return only !== undefined && others.length === 0 ? only : null;
}

/** `GB` of `en-GB`, in the order in which the browser prefers its languages. */
function regionsOf(req: Request): readonly string[] {
  return req.acceptsLanguages().flatMap((language) => {
    const region = /^[a-z]{2,3}(?:-[a-z]{4})?-([a-z]{2})$/i.exec(language)?.[1];
    return region === undefined ? [] : [region.toUpperCase()];
  });
}

/** A number as it is typed with its country code, in the country that is guessed. */
export function examplePhone(country: CountryCode | null): string {
  return exampleNumber(country ?? 'GB');
}
