import type { Request } from 'express';
import { parseEmailAddress, type ParsedEmailAddress } from '../../core/address/destination';
import {
  exampleNumber,
  isCountryCode,
  parsePhoneNumber,
  type CountryCode,
} from '../../core/address/phone-number';
import type { FactorKind } from '../../core/member/factor-kind';
import { liveCode } from '../../core/proof/one-time-code';
import { digitsOf } from '../../factors/factor-words';
import { KIND_WITH_BACKUP, channelOfKind } from '../../factors/find-factor';
import { findDestinationWait } from '../../flows/challenge/spend-send';
import { gatherFacts } from '../../flows/context/gather-facts';
import { findEnrollment } from '../../flows/enrollment/enroll';
import type { Account } from '../../options/ports';
import { pathOf, show, type KnownPageRequest } from '../kernel/page-route';
import { withReturnTo } from '../kernel/request';
import type { Refusal } from '../kernel/respond';
import { readSessionData } from '../session/session-data';
import { noteOf } from './challenge-view';
import { describeAddition, progressAt, type EnrollmentPermission, type Replaced } from './wizard';

export type TypedDestination =
  | { readonly outcome: 'parsed'; readonly destination: string }
  /** The country code was guessed. The person has to confirm the number first, because the code might reach a stranger. */
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
  // A domain without a dot can receive mail inside a network, but a person who types one made a mistake.
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

/** The likely country of a number without a country code: that of the number on file, or of the browser's language. */
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

/** Regions such as `GB` of `en-GB`, in the browser's order of preference. */
function regionsOf(req: Request): readonly string[] {
  return req.acceptsLanguages().flatMap((language) => {
    const region = /^[a-z]{2,3}(?:-[a-z]{4})?-([a-z]{2})$/i.exec(language)?.[1];
    return region === undefined ? [] : [region.toUpperCase()];
  });
}

/** An example number with its country code, for the guessed country. */
export function examplePhone(country: CountryCode | null): string {
  return exampleNumber(country ?? 'GB');
}

export interface AddressView {
  readonly kind: FactorKind;
  readonly typed: string | null;
  readonly error: string | null;
  readonly status: number;
  readonly replaces: Replaced | null;
  /** True if the country code was added and has to be confirmed. */
  readonly confirm?: boolean;
}

export async function renderAddress(
  page: KnownPageRequest,
  permission: EnrollmentPermission,
  view: AddressView,
): Promise<void> {
  const { kind, typed, error, status, replaces, confirm = false } = view;
  const { context, req, returnTo } = page;
  const { account } = permission.gathered;
  const { wizard } = readSessionData(req);
  const backup = wizard?.backupPhone === 'asked';
  const inSettings = permission.because === 'settings';
  const cancelPath = inSettings ? pathOf(page, '/settings') : withReturnTo(pathOf(page, '/enroll'), returnTo);
  if (channelOfKind(kind) === 'email') {
    const progress = inSettings ? null : progressAt('address', { kind, backupPhone: false });
    return show(
      page,
      'enroll-email',
      { kind, email: typed ?? account.email ?? '', error, cancelPath, progress },
      status,
    );
  }
  const country = guessCountry(req, { account, allowed: context.options.allowedCountries });
  await show(
    page,
    'enroll-phone',
    {
      kind,
      phone: typed ?? (replaces === null ? (account.phone ?? '') : ''),
      example: examplePhone(country),
      error,
      purpose: backup ? 'backup' : 'factor',
      replaces,
      confirm,
      cancelPath: backup ? withReturnTo(pathOf(page, `/enroll/${wizard.kind}`), returnTo) : cancelPath,
      skipPath: backup ? pathOf(page, `/enroll/${wizard.kind}`) : null,
      progress: inSettings
        ? null
        : progressAt(backup ? 'phone' : 'address', {
            kind: backup ? KIND_WITH_BACKUP : kind,
            backupPhone: backup,
          }),
    },
    status,
  );
}

/** Renders the page that asks for the code. Without a started enrollment, redirects to the form. */
export async function renderCode(
  page: KnownPageRequest,
  kind: FactorKind,
  refused: Pick<Refusal, 'because' | 'attemptsLeft'> | null,
  status: number,
): Promise<void> {
  const { context, identity, req, returnTo } = page;
  const [started, gathered] = await Promise.all([
    findEnrollment(context, identity.subject, kind),
    gatherFacts(context, identity.account, identity.subject),
  ]);
  const formPath = withReturnTo(pathOf(page, `/enroll/${kind}`), returnTo);
  const destination = started?.secret?.reveal();
  if (started === undefined || destination === undefined) return page.res.redirect(303, formPath);
  const { challenge } = started;
  const now = context.clock.now();
  const code = liveCode(challenge, now);
  const channel = channelOfKind(kind);
  const send = { destination, userId: identity.account.id, purpose: 'enroll' } as const;
  const waitSeconds = channel === null ? 0 : await findDestinationWait(context, { ...send, kind: channel });
  const backup = readSessionData(req).wizard?.backupPhone === 'asked';
  const addition = describeAddition(page, gathered, kind);
  const { replacing } = readSessionData(req);
  const replaces = replacing?.enrollmentId === challenge.authenticatorId ? replacing.authenticatorId : null;
  const change = new URLSearchParams({
    change: '1',
    ...(returnTo === null ? {} : { returnTo }),
    ...(replaces === null ? {} : { replaces }),
  });
  await show(
    page,
    'enroll-code',
    {
      kind,
      changePath: `${pathOf(page, `/enroll/${kind}`)}?${change.toString()}`,
      suggestedLabel: addition?.suggestedLabel ?? null,
      offerEndOthers: addition !== null,
      ...noteOf(page.translator, challenge, { now, refused, kind }),
      codeDigits: digitsOf(undefined),
      clockIsOff: false,
      destination: challenge.codes[0]?.maskedDestination ?? null,
      validFor: code === undefined ? null : page.translator.duration((code.expiresAt - now) / 1000),
      fallbackFrom: null,
      resend: { waitSeconds },
      progress:
        addition === null
          ? progressAt(backup ? 'phone-code' : 'address-code', {
              kind: backup ? KIND_WITH_BACKUP : kind,
              backupPhone: backup,
            })
          : null,
    },
    status,
  );
}
