const WORDS: ReadonlyMap<string, string> = new Map([
  ['password', 'password'],
  ['federated', 'identity provider'],
  ['host', 'the site’s own sign-in'],
  ['remembered-browser', 'remembered browser'],
  ['totp', 'authenticator app'],
  ['sms', 'text message'],
  ['email', 'email code'],
  ['recovery-code', 'recovery code'],
]);

/** `Password and authenticator app`, for how a session was proven. */
export function proofInWords(methods: readonly string[]): string {
  const words = methods.map((method) => WORDS.get(method) ?? method);
  const [last] = words.slice(-1);
  if (last === undefined) return 'Nothing';
  const before = words.slice(0, -1);
  const sentence = before.length === 0 ? last : `${before.join(', ')} and ${last}`;
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
