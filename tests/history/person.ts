import { totpCode, wrongCodes } from '../support/totp';
import type { Mailbox } from './mailbox';

const TIME_STEP_MS = 30_000;

const ANY_CODES = Array.from({ length: 1000 }, (_, index) => String(index).padStart(6, '0'));

export interface ShownFactor {
  readonly id: string;
  readonly kind: string;
  readonly label: string;
}

/** A code as a person sends it, and what it proves; null for a wrong one. */
export interface Code {
  readonly text: string;
  readonly proof: string | null;
}

/** What somebody has at hand, in all of their browsers. */
export interface Person {
  readonly id: string;
  /** A name that no other factor has, of this person or another. */
  newFactor(): string;
  addressOf(factor: string): string;
  /** The secret of an app whose enrollment began, by the name of the factor. */
  readonly secrets: Map<string, string>;
  recoveryCodes: string[];
  /** Right codes that were sent, oldest first. */
  readonly oldCodes: { readonly factor: ShownFactor; readonly code: Code }[];
  /** The right code of a factor now; null where there is none. */
  rightCode(factor: ShownFactor): Code | null;
  wrongCode(factor: ShownFactor): Code;
}

export function createPerson(
  id: string,
  { clock, mailbox }: { readonly clock: { now(): number }; readonly mailbox: Mailbox },
): Person {
  let factorsMade = 0;
  const secrets = new Map<string, string>();
  const addressOf = (factor: string) => `${factor}@mail.example`;
  return {
    id,
    newFactor: () => `${id}-f${(factorsMade += 1)}`,
    addressOf,
    secrets,
    recoveryCodes: [],
    oldCodes: [],
    rightCode({ kind, label }) {
      if (kind === 'email') {
        const sent = mailbox.codesTo(addressOf(label)).at(-1);
        return sent === undefined ? null : { text: sent.code, proof: sent.id };
      }
      const secret = secrets.get(label);
      if (secret === undefined) return null;
      const now = clock.now();
      return { text: totpCode(secret, now), proof: `${label} at step ${Math.floor(now / TIME_STEP_MS)}` };
    },
    wrongCode({ kind, label }) {
      const secret = secrets.get(label);
      const right = new Set(mailbox.codesTo(addressOf(label)).map(({ code }) => code));
      const [text = ''] =
        kind === 'email' || secret === undefined
          ? ANY_CODES.filter((code) => !right.has(code))
          : wrongCodes(secret, clock.now(), 1);
      return { text, proof: null };
    },
  };
}
