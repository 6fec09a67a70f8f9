import * as z from 'zod';

/** The result of `navigator.credentials.create`, without unused fields. */
export interface SubmittedRegistration {
  readonly ceremony: 'registration';
  readonly id: string;
  readonly clientDataJSON: string;
  readonly attestationObject: string;
  readonly transports: readonly string[];
}

/** The result of `navigator.credentials.get`, without unused fields. */
export interface SubmittedAssertion {
  readonly ceremony: 'assertion';
  readonly id: string;
  readonly clientDataJSON: string;
  readonly authenticatorData: string;
  readonly signature: string;
  readonly userHandle: string | null;
}

export type SubmittedCredential = SubmittedRegistration | SubmittedAssertion;

/** WebAuthn 7.1, step 25: refuse a longer id. */
const MAX_ID_BYTES = 1023;

/** Larger than any real response. The longest parts are an id of 1023 bytes, which is included three times, and an RSA key. */
const MAX_JSON_LENGTH = 32_768;
const MAX_PART_LENGTH = 12_288;

const MAX_TRANSPORTS = 8;

const base64url = (maxLength: number) =>
  z
    .string()
    .min(1)
    .max(maxLength)
    .regex(/^[\w-]+$/);

const credential = z
  .object({
    id: base64url(Math.ceil((MAX_ID_BYTES * 4) / 3)),
    rawId: z.string(),
    type: z.literal('public-key'),
    response: z.unknown(),
  })
  .refine(({ id, rawId }) => id === rawId && isCanonical(id));

const registration = z.object({
  clientDataJSON: base64url(MAX_PART_LENGTH),
  attestationObject: base64url(MAX_PART_LENGTH),
  signature: z.undefined().optional(),
  transports: z.array(z.unknown()).catch([]),
});

const assertion = z.object({
  clientDataJSON: base64url(MAX_PART_LENGTH),
  authenticatorData: base64url(MAX_PART_LENGTH),
  signature: base64url(MAX_PART_LENGTH),
  attestationObject: z.undefined().optional(),
  userHandle: base64url(MAX_PART_LENGTH).nullish(),
});

/** Another encoding of the same bytes would evade the comparison with stored ids. */
function isCanonical(text: string): boolean {
  return Buffer.from(text, 'base64url').toString('base64url') === text;
}

/** From form text or JSON. Drops all other fields, so that a key that a client adds next to the signed parts is never read. */
export function parseResponse(submitted: unknown): SubmittedCredential | null {
  const json = typeof submitted === 'string' ? readJson(submitted) : submitted;
  const outer = credential.safeParse(json);
  if (!outer.success) return null;
  const { id, response } = outer.data;
  const registered = registration.safeParse(response);
  if (registered.success) {
    const { clientDataJSON, attestationObject, transports } = registered.data;
    return {
      ceremony: 'registration',
      id,
      clientDataJSON,
      attestationObject,
      transports: normalizeTransports(transports),
    };
  }
  const asserted = assertion.safeParse(response);
  if (!asserted.success) return null;
  const { clientDataJSON, authenticatorData, signature, userHandle } = asserted.data;
  return {
    ceremony: 'assertion',
    id,
    clientDataJSON,
    authenticatorData,
    signature,
    userHandle: userHandle ?? null,
  };
}

function readJson(text: string): unknown {
  if (text.length > MAX_JSON_LENGTH) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Transports are hints for later prompts. Keep unknown ones, because browsers add new ones (WebAuthn 5.8.4). */
function normalizeTransports(transports: readonly unknown[]): readonly string[] {
  const words = transports.filter(
    (word): word is string => typeof word === 'string' && /^[a-z-]{1,20}$/.test(word),
  );
  return [...new Set(words)].slice(0, MAX_TRANSPORTS);
}
