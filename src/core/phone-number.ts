import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
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
  };
}
