interface SchemaIssue {
  readonly code: string;
  readonly message: string;
}

/** What we ask of a schema. Public types name this one, so that hosts need not have the types of our schema library. */
export interface Schema<Value = unknown> {
  /** Throws if the value does not match. */
  parse(value: unknown): Value;
  safeParse(
    value: unknown,
  ):
    | { readonly success: true; readonly data: Value }
    | { readonly success: false; readonly error: { readonly issues: readonly SchemaIssue[] } };
}
