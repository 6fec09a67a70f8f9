import {
  getCountryCallingCode,
  getExampleNumber,
  isSupportedCountry,
  parsePhoneNumberFromString,
  type CountryCode,
  type NumberType,
} from 'libphonenumber-js/max';
import examples from 'libphonenumber-js/mobile/examples';
import { normalizeTyped } from '../text/typed-text';

export type { CountryCode };

export type ParsedPhoneNumber =
  | {
      readonly outcome: 'parsed';
      readonly e164: string;
      /** `+44 7700 900123`. */
      readonly international: string;
      /** Null if several countries share the calling code and the digits do not identify one. */
      readonly country: CountryCode | null;
      readonly callingCode: string;
    }
  | {
      readonly outcome: 'refused';
      readonly because:
        'not-a-phone-number' | 'country-code-missing' | 'not-a-possible-number' | 'number-not-textable';
    };

const LONGEST_TYPED = 64;

const WRITTEN_NUMBER = /^[()[\]./~·]*\+?[()[\]./~·]*\d[()[\]./~·\d]*$/;

/** Codes of international services, not countries (ITU-T E.164.1): attackers could earn money from messages to them. */
const SERVICE_CODES: ReadonlySet<string> = new Set([
  '800',
  '808',
  '870',
  '878',
  '881',
  '882',
  '883',
  '888',
  '979',
]);

/** Texts to these cost more than texts to a phone, and the receiver may earn money from them. */
const COSTLY_TYPES: ReadonlySet<NumberType> = new Set(['PREMIUM_RATE', 'SHARED_COST', 'PAGER']);

/**
 * Apart from the costly types, only the length is checked: numbering plans change faster than releases, and the code that must
 * arrive proves the rest. Only the `max` metadata know premium-rate numbers in every country (`min` accepts +33 890…).
 */
export function parsePhoneNumber(value: unknown, defaultCountry?: CountryCode): ParsedPhoneNumber {
  const number = typeof value === 'string' && value.length <= LONGEST_TYPED ? readNumber(value) : null;
  if (number === null) return { outcome: 'refused', because: 'not-a-phone-number' };
  const isInternational = number.startsWith('+') || number.startsWith('00');
  if (!isInternational && defaultCountry === undefined)
    return { outcome: 'refused', because: 'country-code-missing' };
  const dialled = number.startsWith('00') && defaultCountry === undefined ? `+${number.slice(2)}` : number;
  // Checked before parsing, because the library does not know all of these codes.
  if (SERVICE_CODES.has(dialled.slice(1, 4)) && dialled.startsWith('+'))
    return { outcome: 'refused', because: 'number-not-textable' };
  const parsed = parsePhoneNumberFromString(dialled, {
    extract: false,
    ...(defaultCountry === undefined ? {} : { defaultCountry }),
  });
  if (parsed === undefined || !parsed.isPossible())
    return { outcome: 'refused', because: 'not-a-possible-number' };
  if (SERVICE_CODES.has(parsed.countryCallingCode) || isCostly(parsed.getType(), parsed.countryCallingCode))
    return { outcome: 'refused', because: 'number-not-textable' };
  return {
    outcome: 'parsed',
    e164: parsed.number,
    international: parsed.formatInternational(),
    country: parsed.country ?? null,
    callingCode: parsed.countryCallingCode,
  };
}

function readNumber(typed: string): string | null {
  const text = normalizeTyped(typed);
  return WRITTEN_NUMBER.test(text) ? text.replaceAll(/[^+\d]/g, '') : null;
}

/** Personal numbers are billed at premium rates, except in North America, where they cost as much as a phone. */
function isCostly(type: NumberType | undefined, callingCode: string): boolean {
  if (type === undefined) return false;
  return COSTLY_TYPES.has(type) || (type === 'PERSONAL_NUMBER' && callingCode !== '1');
}

export function isCountryCode(value: unknown): value is CountryCode {
  return typeof value === 'string' && isSupportedCountry(value);
}

/** If the digits do not identify the country, it is enough that one country in the list shares the calling code. */
export function isAmongCountries(
  { country, callingCode }: Pick<ParsedPhoneNumber & { outcome: 'parsed' }, 'country' | 'callingCode'>,
  countries: readonly CountryCode[],
): boolean {
  if (country !== null) return countries.includes(country);
  return countries.some((candidate) => getCountryCallingCode(candidate) === callingCode);
}

/** An example number of the country in international format. For GB, `+44 20 7946 0018`, which is reserved for examples. */
export function exampleNumber(country: CountryCode): string {
  if (country === 'GB') return '+44 20 7946 0018';
  return getExampleNumber(country, examples)?.formatInternational() ?? `+${getCountryCallingCode(country)}`;
}
