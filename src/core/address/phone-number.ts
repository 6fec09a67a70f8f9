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
      /** Null where several countries share the calling code and the digits do not tell. */
      readonly country: CountryCode | null;
      /** `44`. */
      readonly callingCode: string;
    }
  | {
      readonly outcome: 'refused';
      readonly because:
        'not-a-phone-number' | 'country-code-missing' | 'not-a-possible-number' | 'number-not-textable';
    };

const LONGEST_TYPED = 64;

/** Digits and the usual punctuation of numbers, with at most one plus sign, which comes before the digits. */
const WRITTEN_NUMBER = /^[()[\]./~·]*\+?[()[\]./~·]*\d[()[\]./~·\d]*$/;

/**
 * International services instead of countries (ITU-T E.164.1): freephone and shared cost, satellite (870, 881), universal personal
 * numbers, networks of machines and relief agencies, premium rate. Their owners are paid for what is sent there.
 */
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

/** A text to these costs more than one to a phone, and its receiver may be paid for it. */
const COSTLY_TYPES: ReadonlySet<NumberType> = new Set(['PREMIUM_RATE', 'SHARED_COST', 'PAGER']);

/**
 * A phone number as people and devices write it: international, or national where a default country is given. Nothing but
 * digits and the usual separators is taken, so that no extension, context or second number comes along. Beyond the kinds that
 * cost extra only the length is judged: numbering plans change faster than releases, and the code that must arrive proves the rest.
 *
 * The `max` metadata are the only ones that know premium-rate numbers everywhere (`min` takes +33 890… for any other). They
 * load in the same 30 ms and add 0.2 MB of memory.
 */
export function parsePhoneNumber(value: unknown, defaultCountry?: CountryCode): ParsedPhoneNumber {
  const number = typeof value === 'string' && value.length <= LONGEST_TYPED ? readNumber(value) : null;
  if (number === null) return { outcome: 'refused', because: 'not-a-phone-number' };
  const isInternational = number.startsWith('+') || number.startsWith('00');
  if (!isInternational && defaultCountry === undefined)
    return { outcome: 'refused', because: 'country-code-missing' };
  const dialled = number.startsWith('00') && defaultCountry === undefined ? `+${number.slice(2)}` : number;
  // Not every one of them is known to the library.
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

/** The digits, behind a plus sign where there is one. */
function readNumber(typed: string): string | null {
  const text = normalizeTyped(typed);
  return WRITTEN_NUMBER.test(text) ? text.replaceAll(/[^+\d]/g, '') : null;
}

/** Personal numbers are billed like premium ones, but for those of North America, which cost what a phone costs. */
function isCostly(type: NumberType | undefined, callingCode: string): boolean {
  if (type === undefined) return false;
  return COSTLY_TYPES.has(type) || (type === 'PERSONAL_NUMBER' && callingCode !== '1');
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
