interface SchemaIssue {
  readonly code: string;
  readonly message: string;
}

/** Public types refer to it, so that hosts do not need the types of our schema library. */
export interface Schema<Value = unknown> {
  /** Throws if the value does not match. */
  parse(value: unknown): Value;
  safeParse(
    value: unknown,
  ):
    | { readonly success: true; readonly data: Value }
    | { readonly success: false; readonly error: { readonly issues: readonly SchemaIssue[] } };
}
