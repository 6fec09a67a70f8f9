import examples from 'libphonenumber-js/mobile/examples';
import {
  getCountryCallingCode,
  getExampleNumber,
  isSupportedCountry,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/min';
import type { CountryCode } from 'libphonenumber-js/min';

export type { CountryCode };

export type ParsedPhoneNumber =
  | {
      readonly outcome: 'parsed';
      readonly e164: string;
      /** `+44 7700 900123`. */
      readonly international: string;
      /** Null where several countries share the calling code and the digits do not tell. */
      readonly country: CountryCode | null;
      /** `44`. */
      readonly callingCode: string;
    }
  | {
      readonly outcome: 'refused';
      readonly because: 'not-a-phone-number' | 'country-code-missing' | 'not-a-possible-number';
    };

/**
 * A phone number as typed: international, or national where a default country is given. Nothing but digits and the
 * usual separators is taken, so that no extension, context or second number comes along. Only the length is judged:
 * numbering plans change faster than releases, and the code that must arrive proves the rest.
 */
export function parsePhoneNumber(value: unknown, defaultCountry?: CountryCode): ParsedPhoneNumber {
  if (typeof value !== 'string' || !/^[ \u00A0]*\+?[0-9 \u00A0()./-]{3,40}$/.test(value))
    return { outcome: 'refused', because: 'not-a-phone-number' };
  const text = value.replaceAll('\u00A0', ' ').trim();
  const isInternational = text.startsWith('+') || text.startsWith('00');
  if (!isInternational && defaultCountry === undefined)
    return { outcome: 'refused', because: 'country-code-missing' };
  const dialled = text.startsWith('00') && defaultCountry === undefined ? `+${text.slice(2)}` : text;
  const parsed = parsePhoneNumberFromString(dialled, {
    extract: false,
    ...(defaultCountry === undefined ? {} : { defaultCountry }),
  });
  if (parsed === undefined || !parsed.isPossible())
    return { outcome: 'refused', because: 'not-a-possible-number' };
  return {
    outcome: 'parsed',
    e164: parsed.number,
    international: parsed.formatInternational(),
    country: parsed.country ?? null,
    callingCode: parsed.countryCallingCode,
  };
}

/** Two capital letters of ISO 3166-1 that have phone numbers. */
export function isCountryCode(value: unknown): value is CountryCode {
  return typeof value === 'string' && isSupportedCountry(value);
}

/** Where the digits do not tell the country, one of those that share its calling code is enough. */
export function isAmongCountries(
  { country, callingCode }: Pick<ParsedPhoneNumber & { outcome: 'parsed' }, 'country' | 'callingCode'>,
  countries: readonly CountryCode[],
): boolean {
  if (country !== null) return countries.includes(country);
  return countries.some((candidate) => getCountryCallingCode(candidate) === callingCode);
}

/** A number of that country as it is written abroad: `+44 20 7946 0018`, which is reserved for examples, or the like. */
export function exampleNumber(country: CountryCode): string {
  if (country === 'GB') return '+44 20 7946 0018';
  return getExampleNumber(country, examples)?.formatInternational() ?? `+${getCountryCallingCode(country)}`;
}
