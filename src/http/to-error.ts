/** What a callback of the host's, or of Express, calls an error; anything may be passed there. */
export function toError(error: unknown): Error {
  return error instanceof Error
    ? error
    : new Error('A callback failed with something that is no error.', { cause: error });
}
