import type { Request } from 'express';
import { exampleNumber, isCountryCode, parsePhoneNumber } from '../core/phone-number';
import type { CountryCode } from '../core/phone-number';
import type { Account } from '../ports';

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
