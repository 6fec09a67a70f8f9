import type express from 'express';
import type passport from 'passport';

interface ExpressMajor {
  readonly major: '4' | '5';
  readonly express: typeof express;
}

interface PassportMinor {
  readonly minor: '0.6' | '0.7';
  /** Makes a Passport of its own, so that strategies of one test do not reach another. */
  createPassport(): passport.Authenticator;
}

type PassportModule = passport.PassportStatic;

/** Both majors of Express that the package supports, for `describe.each`. */
export const expressMajors: readonly ExpressMajor[] = [
  { major: '4', express: require('express4') as typeof express },
  { major: '5', express: require('express') as typeof express },
];

/** Both series of Passport that the package supports, for `describe.each`. */
export const passportMinors: readonly PassportMinor[] = [
  { minor: '0.6', createPassport: () => new (require('passport06') as PassportModule).Passport() },
  { minor: '0.7', createPassport: () => new (require('passport') as PassportModule).Passport() },
];
