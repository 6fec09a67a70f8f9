import { parseEmailAddress } from '../../core/email-address';
import type { ParsedEmailAddress } from '../../core/email-address';
import type { DeliveredKind } from '../../core/factor-kind';
import { parsePhoneNumber } from '../../core/phone-number';
import type { Account } from '../../ports';
import { guessCountry } from '../guess-country';
import type { KnownPageRequest } from './page-route';

export type TypedDestination =
  | { readonly outcome: 'parsed'; readonly destination: string }
  /** The country was guessed: the person says first whether the number is right, since a code may reach a stranger. */
  | { readonly outcome: 'to-confirm'; readonly international: string }
  | { readonly outcome: 'refused'; readonly because: string };

/** The number or address as typed. An empty email field means the address on file. */
export function readDestination(
  page: KnownPageRequest,
  kind: DeliveredKind,
  typed: unknown,
): TypedDestination {
  const { account } = page.visitor;
  if (kind === 'sms') return readPhone(page, account, typed);
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
