import * as z from 'zod';
import { ENROLLABLE_KINDS } from '../factors/find-factor';
import type { Origin } from '../flows/context/context';
import { options, verb, type RulesForCalls } from '../options/call-check';
import type { OptionRule, RulesFor } from '../options/option-check';
import { NO_MESSAGE, aSwitch, anObject, oneOf, someText } from '../options/option-kinds';
import { ACTOR, A_PERSON, USER_ID, anArgument, anIterable } from './argument-rules';
import type {
  AuthenticatorsApi,
  BeginEnrollment,
  ConfirmEnrollment,
  ImportOptions,
} from './authenticators-api';
import type { ChallengeAnswer, ChallengeOptions, ChallengesApi } from './challenges-api';

// Rules for the functions that ask for factors and set them up.

/** Text that a person typed or a client sent. An impossible value gets the same answer as any wrong one. */
function typed(what: string, write: string): OptionRule {
  return { schema: z.string(), allowed: what, write };
}

const CHALLENGE_ID = typed('the challengeId that begin gave', 'challengeId');

const ORIGIN = {
  schema: anObject,
  allowed: 'the origin of the answer, as { address, userAgent }',
  write: "origin: { address: req.ip, userAgent: req.get('user-agent') ?? '' }",
  required: true,
  fields: {
    address: { ...typed('a text', 'address: req.ip'), required: true },
    userAgent: { ...typed('a text', "userAgent: req.get('user-agent') ?? ''"), required: true },
  } satisfies RulesFor<Origin>,
} satisfies OptionRule;

const ANSWER = {
  challengeId: { ...CHALLENGE_ID, required: true },
  code: typed('the code as it was typed', 'code: req.body.code'),
  response: {
    schema: z.union([z.string(), z.looseObject({})]),
    allowed: 'the result of the browser, as an object or as JSON',
    write: 'response: req.body.response',
  },
  origin: ORIGIN,
} satisfies RulesFor<ChallengeAnswer>;

export const CHALLENGE_RULES: RulesForCalls<ChallengesApi> = {
  begin: verb(
    A_PERSON,
    options('challenges.begin(member, { authenticatorId })', {
      authenticatorId: typed('the authenticatorId of one of anyOf', 'authenticatorId'),
      challengeId: CHALLENGE_ID,
    } satisfies RulesFor<ChallengeOptions>),
  ),
  answer: verb(A_PERSON, anArgument('answer', '{ challengeId, code, origin }', ANSWER)),
};

export const AUTHENTICATOR_RULES: RulesForCalls<AuthenticatorsApi> = {
  list: verb(USER_ID),
  begin: verb(
    A_PERSON,
    anArgument('enrollment', "{ kind: 'totp' }", {
      kind: { ...oneOf(ENROLLABLE_KINDS, "kind: 'totp'"), required: true },
      address: typed('a number in E.164 or an email address', "address: '+442079460018'"),
      challengeId: CHALLENGE_ID,
      variant: typed('a variant of the kind', "variant: 'security-key'"),
    } satisfies RulesFor<BeginEnrollment>),
  ),
  import: verb(
    {
      name: 'rows',
      schema: anIterable.refine(
        (rows) => !Array.isArray(rows) || rows.every((row) => anObject.safeParse(row).success),
        NO_MESSAGE,
      ),
      allowed: 'a list of { userId, secret }, or another iterable of them',
      write: '[{ userId: user.id, secret: user.totpSecret }]',
      required: true,
    },
    options('authenticators.import(rows, { dryRun: true })', {
      ...ACTOR,
      reason: someText('a text that says why', "reason: 'Moved from our own login'"),
      dryRun: aSwitch('dryRun: true'),
      dangerouslyAllowWeakSecrets: aSwitch('dangerouslyAllowWeakSecrets: true'),
    } satisfies RulesFor<ImportOptions>),
  ),
  confirm: verb(
    A_PERSON,
    anArgument('confirmation', '{ challengeId, code, origin }', {
      ...ANSWER,
      label: typed('the name that the person gives it', "label: 'My phone'"),
      endOthers: aSwitch('endOthers: false'),
    } satisfies RulesFor<ConfirmEnrollment>),
  ),
};
